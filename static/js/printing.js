// Prints the page once everything on it is there: scripts add what has to happen first.

export const beforePrinting = [];

export async function printPage() {
  await Promise.all(beforePrinting.map((prepare) => prepare()));
  window.print();
}
