"""The data that the programs are measured with, how it changes, and how it changes back."""

import os
import pathlib
import random
import shutil
import subprocess

MIB = 1 << 20


class DataSet:
    """A folder with data; `change` may be called once before `restore_original`."""

    name = ""
    has_many_files = False
    """Then what was restored stays until the end: ext4 takes minutes to forget removed files, and until then it makes new
    ones several times slower, for whoever comes next."""

    def __init__(self, folder, undo):
        self.folder, self.undo = pathlib.Path(folder), pathlib.Path(undo)

    def create(self):
        """Makes the data, unless it is there."""

    def change(self):
        raise NotImplementedError

    def restore_original(self):
        raise NotImplementedError

    def warm(self):
        """Reads everything once, so that no program pays for a cold cache."""
        for path in files(self.folder):
            with open(path, "rb", buffering=0) as file:
                while file.read(MIB):
                    pass


class Tree(DataSet):
    """A real source tree: a copy of a folder, or of Debian's linux-source.

    Changed: one file in a hundred is edited, one in 400 removed, one in 270 copied, and the largest folder of the
    third level renamed.
    """

    name = "tree"
    has_many_files = True
    package = "linux-source-6.1"

    def __init__(self, folder, undo, origin=None):
        super().__init__(folder, undo)
        self.origin = origin

    def create(self):
        if self.folder.exists():
            return
        partial = self.folder.with_name(self.folder.name + ".partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        if self.origin:
            subprocess.run(["cp", "-a", f"{self.origin}/.", str(partial)], check=True)
        else:
            subprocess.run(["apt-get", "download", self.package], cwd=partial, check=True)
            package = next(partial.glob("*.deb"))
            subprocess.run(["dpkg", "-x", package.name, "unpacked"], cwd=partial, check=True)
            archive = next(partial.glob("unpacked/usr/src/*.tar.*"))
            subprocess.run(["tar", "-xf", str(archive)], cwd=partial, check=True)
            shutil.rmtree(partial / "unpacked")
            package.unlink()
        partial.rename(self.folder)

    def change(self):
        self.undo.mkdir()
        paths = list(files(self.folder))
        self.edited, self.removed, self.added = paths[0::100], paths[50::400], []
        for number, path in enumerate(self.edited):
            shutil.copy2(path, self.undo / f"edited-{number}")
            with open(path, "r+b") as file:
                file.seek(os.path.getsize(path) // 2)
                file.write(b"changed\n")
        for number, path in enumerate(self.removed):
            os.rename(path, self.undo / f"removed-{number}")
        for path in paths[100::270]:
            if os.path.exists(path):
                self.added.append(path + ".added")
                shutil.copyfile(path, path + ".added")
        folders = [path for path in self.folder.glob("*/*/*") if path.is_dir() and not path.is_symlink()]
        self.renamed = max(folders, key=lambda path: (sum(1 for _ in files(path)), path), default=None)
        if self.renamed:
            self.renamed.rename(f"{self.renamed}-renamed")

    def restore_original(self):
        if self.renamed:
            os.rename(f"{self.renamed}-renamed", self.renamed)
        for path in self.added:
            os.unlink(path)
        for number, path in enumerate(self.removed):
            os.rename(self.undo / f"removed-{number}", path)
        for number, path in enumerate(self.edited):
            # In place, as it was changed: the inode stays.
            shutil.copyfile(self.undo / f"edited-{number}", path)
            shutil.copystat(self.undo / f"edited-{number}", path)
        shutil.rmtree(self.undo)


class Binaries(DataSet):
    """A tar of programs and libraries, random data, and a file system image: 2, 0.5 and 1 GB.

    Changed: one page of 64 KiB in a hundred of the image is overwritten, and 100 bytes are inserted near the beginning
    of the tar.
    """

    name = "binaries"
    page = 64 << 10

    def __init__(self, folder, undo, origin="/usr", scale=1.0):
        super().__init__(folder, undo)
        self.origin, self.scale = origin or "/usr", scale

    def create(self):
        if self.folder.exists():
            return
        partial = self.folder.with_name(self.folder.name + ".partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        self.make_tar(partial / "programs.tar", int(2048 * self.scale) * MIB)
        with open(partial / "random.bin", "wb") as file:
            source = random.Random(1)
            for _ in range(int(512 * self.scale)):
                file.write(source.randbytes(MIB))
        self.make_image(partial / "disk.img", int(1024 * self.scale) * MIB)
        partial.rename(self.folder)

    def make_tar(self, path, limit):
        command = ["tar", "--sort=name", "-C", self.origin, "-cf", "-", "."]
        with open(path, "wb") as file, subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as tar:
            while limit > 0 and (piece := tar.stdout.read(min(MIB, limit))):
                file.write(piece)
                limit -= len(piece)
            tar.kill()

    def make_image(self, path, size):
        """An ext4 image that is three quarters full with the small files of /usr/share and /usr/lib."""
        content = path.with_name("content")
        left = size * 5 // 8
        for origin in ["/usr/share", "/usr/bin", "/usr/lib"]:
            for source in files(origin):
                if left <= 0:
                    break
                target = content / os.path.relpath(source, "/usr")
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target)
                left -= os.path.getsize(source) + 4096
        command = ["mke2fs", "-q", "-t", "ext4", "-d", str(content), str(path), f"{size >> 10}k"]
        environment = dict(os.environ, PATH=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
        shutil.rmtree(content)

    def change(self):
        self.undo.mkdir()
        image, tar = self.folder / "disk.img", self.folder / "programs.tar"
        source = random.Random(2)
        count = image.stat().st_size // self.page
        self.pages = sorted(source.sample(range(count), count // 100))
        with open(image, "r+b", buffering=0) as file, open(self.undo / "pages", "wb") as saved:
            for page in self.pages:
                file.seek(page * self.page)
                saved.write(file.read(self.page))
                file.seek(page * self.page)
                file.write(source.randbytes(self.page))
        tar.rename(self.undo / "programs.tar")
        with open(self.undo / "programs.tar", "rb") as old, open(tar, "wb") as new:
            new.write(old.read(MIB))
            new.write(b"x" * 100)
            shutil.copyfileobj(old, new, MIB)

    def restore_original(self):
        (self.undo / "programs.tar").rename(self.folder / "programs.tar")
        with open(self.folder / "disk.img", "r+b", buffering=0) as file, open(self.undo / "pages", "rb") as saved:
            for page in self.pages:
                file.seek(page * self.page)
                file.write(saved.read(self.page))
        shutil.rmtree(self.undo)


class TinyFiles(Tree):
    """Files of 1 to 4 KiB of words, 90 a folder."""

    name = "tiny"

    def __init__(self, folder, undo, count=300_000):
        super().__init__(folder, undo)
        self.count = count

    def create(self):
        if self.folder.exists():
            return
        partial = self.folder.with_name(self.folder.name + ".partial")
        shutil.rmtree(partial, ignore_errors=True)
        source = random.Random(3)
        text = words(source, 4 * MIB)
        for number in range(self.count):
            if number % 90 == 0:
                folder = partial / f"{number // 9000:03}" / f"{number // 90 % 100:02}"
                folder.mkdir(parents=True)
            start, length = source.randrange(len(text) - 4096), source.randrange(1024, 4096)
            (folder / f"{number:07}.txt").write_bytes(text[start : start + length])
        partial.rename(self.folder)


def words(source, length):
    """Text whose words are as unevenly common as those of languages."""
    letters = "etaoinshrdlucmfwypvbgkjqxz"
    vocabulary = ["".join(source.choices(letters, range(26, 0, -1), k=source.randrange(2, 11))) for _ in range(4000)]
    weights = [1 / rank for rank in range(1, len(vocabulary) + 1)]
    text = " ".join(source.choices(vocabulary, weights, k=length // 4)).encode()
    return text[:length]


def files(folder):
    """Paths of regular files in the order of their names, one by one."""
    for parent, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(parent, name)
            if os.path.isfile(path) and not os.path.islink(path):
                yield path


def size(folder):
    return sum(os.lstat(path).st_size for path in files(folder))
