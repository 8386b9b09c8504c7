"""Receiving files: into memory only, never under a name or in a folder, and no more than may be sent."""

from io import BytesIO

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class InMemory(FileUploadHandler):
    """Keeps a file in memory. Of one that is too large it keeps nothing but its size.

    The rest of such a file is still taken off the line: a browser shows a page only after it could send all.
    """

    def new_file(self, *args, **kwargs):
        """Begin a file."""
        super().new_file(*args, **kwargs)
        self.buffer = BytesIO()

    def receive_data_chunk(self, raw_data, start):
        """Keep a piece, unless the file is too large already."""
        if start + len(raw_data) > settings.LARGEST_UPLOAD:
            self.buffer = BytesIO()
        elif self.buffer.tell() == start:
            self.buffer.write(raw_data)

    def file_complete(self, file_size):
        """Return the file, with its true size."""
        self.buffer.seek(0)
        return UploadedFile(
            self.buffer,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
        )
