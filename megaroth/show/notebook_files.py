"""The server's files: the chapters' folder, and nothing that a link in it leads to."""

from pathlib import Path

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from tornado.web import HTTPError


class NotebookFiles(AsyncLargeFileManager):
    """Jupyter's own manager of files, which follows links; this one stays in the folder."""

    def _get_os_path(self, path: str) -> str:
        found = super()._get_os_path(path)
        if not Path(found).resolve().is_relative_to(Path(self.root_dir).resolve()):
            raise HTTPError(404, f"{path} is outside the folder of the notebooks")
        return found
