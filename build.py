"""Press a music collection into a static site: ``python build.py [--site DIR] [--out DIR]``."""

import sys
from pathlib import Path

from stempress.app import app_files
from stempress.art import draw_covers
from stempress.audio import Studio, press_audio
from stempress.cards import draw_cards
from stempress.catalog import read_collection
from stempress.checks import check_audio
from stempress.command import Options, run
from stempress.data import data_files
from stempress.errors import Findings
from stempress.leaks import refuse_leaks
from stempress.metadata import metadata_files
from stempress.offline import offline_files
from stempress.output import refuse_foreign, write_site
from stempress.pages import plan_pages
from stempress.progress import Progress
from stempress.rarity import Rarity
from stempress.render import render_site
from stempress.report import Built
from stempress.settings import read_settings
from stempress.sizes import size_report
from stempress.workers import workers


def build(options: Options, progress: Progress) -> Built:
    """Press one site; SiteError tells everything that is wrong with it, with ``out`` untouched."""
    refuse_foreign(options.out)
    findings = Findings()
    settings = read_settings(options.site, findings, options.base_uri)
    collection = read_collection(options.site, settings, findings)
    with workers(options.dask) as crew:
        checked = check_audio(collection, findings, progress, crew)
        findings.raise_faults()
        rarity = Rarity(collection.songs, collection.tokens)
        plan = plan_pages(collection, rarity)
        app, mixer_off = app_files(options, progress)
        sounds = press_audio(Studio(collection, plan, checked, progress, crew))
        assets = [*sounds.files(), *draw_covers(plan, collection, sounds)]
        assets += draw_cards(settings, assets, crew, progress)
    pages = render_site(plan, collection, rarity, sounds, site=options.site, mixer_off=mixer_off)
    files = [
        *data_files(plan, collection, rarity, sounds),
        *metadata_files(collection, sounds, assets),
        *(*assets, *offline_files(settings, assets), *pages, *app),
    ]
    refuse_leaks(options.site, collection, files, findings)
    findings.raise_faults()
    written = write_site(options.out, files)
    sizes = size_report(files, sounds, settings.audio)
    return Built(written, len(plan.pages), findings.warnings, settings.contract, sizes)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], build, Path(__file__).parent))
