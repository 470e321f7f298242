"""What a site gets below app/, with the runtime and without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stempress.core.options import BuildOptions
from stempress.core.progress import Progress
from stempress.i18n.translations import load_translations
from stempress.runtime.app_files import app_files
from stempress.runtime.package_sources import NpmPackage
from stempress.runtime.sources import Cdn, UnreachableError

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_without_the_runtime_no_report_is_about_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def unreachable(*_: object) -> bytes:
        raise UnreachableError("cannot connect")

    monkeypatch.setenv("STEMPRESS_CACHE", str(tmp_path))
    for source in (Cdn, NpmPackage):
        monkeypatch.setattr(source, "read", unreachable)
    options = BuildOptions(site=tmp_path, out=tmp_path / "dist", without_runtime=True)
    files, _ = app_files(options, load_translations("en"), Progress())
    printed = capsys.readouterr().err
    assert "ethers 6.17.0: the CDN: cannot connect\n" in printed
    assert "warning: pages cannot read wallets and chains: ethers 6.17.0: no source" in printed
    assert "runtime:" not in printed
    assert "--without-runtime" not in printed
    assert not any("ethers" in file.address for file in files)
