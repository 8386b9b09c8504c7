"""Receiving files: into memory only, never under a name or in a folder, and no more than may be sent."""

from io import BytesIO

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http.multipartparser import MultiPartParser


class Received(FileUploadHandler):
    """Receives all files of a request, each by an ``InMemory``."""

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):
        """Return what the request holds: its fields and its files."""
        return _WholeNames(META, input_data, [InMemory(self.request)], encoding).parse()


class _WholeNames(MultiPartParser):
    """Tells the one who keeps a file the whole name that it was sent under, with the path some hold."""

    def sanitize_file_name(self, file_name):
        (keeper,) = self._upload_handlers
        keeper.sent_as = file_name
        return super().sanitize_file_name(file_name) or "file"


class InMemory(FileUploadHandler):
    """Keeps a file in memory, with its whole name as ``sent_as``. Of one too large it keeps only its size.

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
        file = UploadedFile(
            self.buffer,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
        )
        file.sent_as = self.sent_as
        return file
