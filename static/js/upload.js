// Says before a file is sent that it is too large. The server says so too.

for (const field of document.querySelectorAll("input[type=file][data-largest]")) {
  const note = document.createElement("p");
  note.setAttribute("role", "status");
  note.dataset.uploadNote = "";
  field.after(note);
  field.addEventListener("change", () => {
    const largest = Number(field.dataset.largest);
    const size = field.files[0]?.size ?? 0;
    const megabytes = (bytes) => Math.round(bytes / 1024 / 1024);
    note.textContent = size > largest
      ? `This file is ${megabytes(size)} MB; the most is ${megabytes(largest)} MB. Choose another one.`
      : "";
  });
}
