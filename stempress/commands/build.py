"""A build, from the artist's files to dist/: first gather everything, then write."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, NamedTuple

from stempress.art.covers import draw_covers
from stempress.art.podcast_cover import draw_podcast_cover
from stempress.art.social_cards import draw_cards
from stempress.art.tagged_mixes import tag_mixes
from stempress.art.token_images import draw_token_images
from stempress.art.web_manifest import web_manifest_files
from stempress.audio.audio_job import AudioJob
from stempress.audio.check import check_audio
from stempress.audio.decoded_copies import decoded_copies
from stempress.audio.pipeline import build_audio
from stempress.audio.whole_mixes import lint_sizes
from stempress.clashes.site_clashes import clash_summary, compare_songs
from stempress.collection.collection import read_collection
from stempress.collection.promise_lint import lint_promises
from stempress.collection.rarity import Rarity
from stempress.collection.settings_parser import read_settings
from stempress.commands.hidden_leaks import check_hidden_sounds
from stempress.commands.leak_check import check_leaks, secret_guard
from stempress.commands.sizes import size_report
from stempress.core.errors import Findings
from stempress.core.workers import start_workers
from stempress.drop.sealed_items import check_sealed_items, check_sealed_sounds
from stempress.i18n.translations import load_translations
from stempress.output.lock import lock_output
from stempress.output.output_files import files_outside
from stempress.output.result import BuildResult
from stempress.output.writer import existing_bundles, write_site
from stempress.render.hidden_files import hidden_files
from stempress.render.html_pages import player_files, render_site
from stempress.render.json_data import data_files
from stempress.render.metadata_files import metadata_files
from stempress.render.template_lint import lint_templates
from stempress.runtime.app_files import app_files
from stempress.runtime.node_decoder import find_decoder
from stempress.site.address_collisions import check_collisions
from stempress.site.excerpts import Excerpts
from stempress.site.facts import SiteFacts
from stempress.site.page_plan import plan_pages
from stempress.video.token_videos import make_videos
from stempress.views.page_keys import PageKeys
from stempress.views.shared_leaves import Leaves

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from stempress.collection.collection import Collection
    from stempress.commands.build_memory import BuildMemory
    from stempress.core.options import BuildOptions
    from stempress.core.progress import Progress
    from stempress.output.input_hash import InputHashes
    from stempress.output.output_files import Bundle, OutputFile


def build_site(
    options: BuildOptions, inputs: InputHashes, progress: Progress, memory: BuildMemory
) -> BuildResult:
    """Build a site; if it has faults, raise them as SiteError and leave ``out`` untouched."""
    with ExitStack() as stack:
        return _build_site(options, inputs, progress, memory, stack)


def _build_site(
    options: BuildOptions,
    inputs: InputHashes,
    progress: Progress,
    memory: BuildMemory,
    stack: ExitStack,
) -> BuildResult:
    # First gather everything.
    findings = Findings()
    with progress.stage("read"):
        collection = _read(options, inputs, findings)
        settings = collection.settings
    copies = stack.enter_context(decoded_copies(options.dask))
    with start_workers(options.dask) as workers:
        with progress.stage("measure"):
            checked = check_audio(
                collection, findings, progress, workers, copies, known=memory.facts
            )
            findings.raise_faults()
        with progress.stage("compare"):
            clashes = compare_songs(collection.songs, checked, progress, workers)
        stack.enter_context(lock_output(options.out, progress))
        staging = memory.records.staging()
        if staging:
            stack.enter_context(staging.scanned_in_background())
        with progress.stage("plan"):
            rarity = Rarity(collection.songs, collection.tokens)
            translations = load_translations(settings.language)
            plan = plan_pages(collection, rarity, translations)
            if staging is None:
                check_collisions(plan.pages)  # before the long work of a first build
        with progress.stage("app"):
            app, app_view = app_files(options, translations, progress)
        shown = {slug: pages.shown for slug, pages in plan.variations.items()}
        with progress.stage("audio"):
            decoder = find_decoder(settings.audio, options, progress)
            job = AudioJob(collection, shown, checked, progress, workers, decoder)
            sounds = build_audio(job)
    with progress.stage("tags"):
        sounds = tag_mixes(collection, sounds, inputs.generator, progress)
        lint_sizes(sounds, findings)
    with progress.stage("videos"):
        sounds = make_videos(job, sounds, findings, options.jobs)
    with progress.stage("keys"):
        facts = SiteFacts(plan, collection, rarity, sounds, app_view)
        existing = existing_bundles(memory.records, staging)
        files = _gather_files(options, inputs, facts, existing, app)
    with progress.stage("check"):
        check_leaks(collection, files_outside(files.metadata, existing), findings)
        check_hidden_sounds(collection, [*files.others, *app], findings)
        check_sealed_items(options.site, collection, findings)
        check_sealed_sounds(options.site, collection, findings)
        findings.raise_faults()
    # Then write.
    summary = clash_summary(clashes)
    warnings = [str(warning) for warning in findings.warnings]
    with progress.stage("write"):
        written = write_site(
            options.out,
            [*files.metadata, *files.others, *app],
            jobs=options.jobs,
            progress=progress,
            only=options.only,
            build=inputs.everything if inputs.is_stable and not options.only else "",
            report={"warnings": warnings, "clashes": summary},
            guard=secret_guard(options.site, collection),
            records=memory.records,
            staging=staging,
        )
    standards: dict[str, str] = {"": settings.contract.standard} if settings.contract else {}
    standards |= {tier: own.standard for tier, own in settings.tier_contracts.items()}
    sizes = size_report(written.sizes(), sounds, settings.audio) if options.report else ()
    return BuildResult(written, findings.warnings, standards, sizes, summary)


def _read(options: BuildOptions, inputs: InputHashes, findings: Findings) -> Collection:
    """Read and check what the artist wrote."""
    settings = read_settings(options.site, findings, options.base_uri)
    collection = read_collection(options.site, settings, findings)
    lint_promises(options.site, findings)
    if inputs.own_templates:
        lint_templates(options.site, findings)
    return collection


class GatheredFiles(NamedTuple):
    """The files of a site, apart from those of the app."""

    metadata: Sequence[OutputFile | Bundle]
    others: Sequence[OutputFile | Bundle]


def _gather_files(
    options: BuildOptions,
    inputs: InputHashes,
    facts: SiteFacts,
    existing: AbstractSet[tuple[str, str]],
    app: Sequence[OutputFile],
) -> GatheredFiles:
    """Return the files of a site; ``existing`` are the bundles that need not be made."""
    settings = facts.collection.settings
    leaves, excerpts = Leaves(facts), Excerpts(facts, inputs.generator)
    page_keys = PageKeys(leaves, excerpts, inputs.own_templates, are_late=not existing)
    check_collisions([page for page, _ in page_keys.pages_outside(existing)])
    covers = list(draw_covers(excerpts))
    images = list(draw_token_images(facts, covers))
    assets = [*facts.sounds.files(), *covers, *images, *draw_cards(settings, covers)]
    data = list(data_files(excerpts))
    others = [
        *data,
        *assets,
        *hidden_files(facts.collection),
        *draw_podcast_cover(settings, covers),
        *web_manifest_files(settings, assets, facts.translations.direction),
        *render_site(leaves, options.site, excerpts, page_keys),
    ]
    players: list[OutputFile] = []
    if settings.has_pinned_players:
        players = [*app, *data, *player_files(leaves, options.site, page_keys)]
    return GatheredFiles(list(metadata_files(excerpts, assets, players)), others)
