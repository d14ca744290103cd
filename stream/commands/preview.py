"""`raterwatch preview`: every board, drawn from a live Prometheus, as one page and as pictures."""

import time
from collections.abc import Sequence
from pathlib import Path

import click

import stream
from stream.errors import InputError, RaterwatchError
from stream.preview.answers import AnsweredBoard, Asking, ago_s, answer
from stream.preview.asking import HttpPrometheus
from stream.preview.boards import Board, read_boards
from stream.preview.page.document import WIDTH_PX, Theme, empty_panels, height_px, page
from stream.preview.pictures import browser, picture

BOARDS = Path(stream.__file__).parents[1] / "grafana" / "dashboards"


@click.command(
    "preview",
    epilog="""\b
Examples:
  raterwatch preview --prometheus http://127.0.0.1:9090 --out boards.html
  raterwatch preview --board raterwatch-queue --var queue=toxicity --since 6h
  raterwatch preview --png pictures --theme dark""",
)
@click.option("--prometheus", default="http://127.0.0.1:9090", show_default=True, help="Where to ask.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("boards.html"),
    show_default=True,
    help="The page to write.",
)
@click.option("--png", type=click.Path(file_okay=False, path_type=Path), help="Also a picture of each board, in there.")
@click.option("--board", "uids", multiple=True, help="Only the board with this uid; may be given several times.")
@click.option("--var", "variables", multiple=True, help="name=value of a board's variable; may be given several times.")
@click.option("--since", help="So long until now, such as 15m or 24h.  [default: as each board says]")
@click.option("--theme", type=click.Choice(["auto", "light", "dark"]), default="auto", show_default=True)
@click.option(
    "--boards",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=BOARDS,
    help="The folder of boards.  [default: those that came with raterwatch]",
)
@click.option("--strict", is_flag=True, help="Fail when a panel has no data.")
def preview(
    *,
    prometheus: str,
    out: Path,
    png: Path | None,
    uids: tuple[str, ...],
    variables: tuple[str, ...],
    since: str | None,
    theme: Theme,
    folder: Path,
    strict: bool,
) -> None:
    """Draw Grafana's boards without Grafana: each panel's own queries, with real data, on one page.

    A panel without data is named; it is drawn as empty, never as 0.
    """
    asking = Asking(time.time(), _since(since), _given(variables))
    server = HttpPrometheus(prometheus)
    answered = [answer(board, server, asking) for board in _chosen(read_boards(folder), uids)]
    out.write_text(page(answered, theme), encoding="utf-8")
    click.echo(f"{out}: {len(answered)} boards, {sum(len(one.panels) for one in answered)} panels")
    if png is not None:
        _take_pictures(answered, png, theme)
    empty = empty_panels(answered)
    for title, panel in empty:
        click.echo(f"no data: {title}: {panel.title}", err=True)
    if strict and empty:
        raise RaterwatchError(f"{len(empty)} panels have no data: is the worker scraped, and long enough?")


def _take_pictures(answered: Sequence[AnsweredBoard], folder: Path, theme: Theme) -> None:
    browser()  # before the first of them: without one none can be taken
    folder.mkdir(parents=True, exist_ok=True)
    for one in answered:
        path = folder / f"{one.board.uid}.png"
        picture(page([one], theme), WIDTH_PX, height_px(one), path)
        click.echo(str(path))


def _chosen(boards: Sequence[Board], uids: Sequence[str]) -> list[Board]:
    known = {board.uid: board for board in boards}
    for uid in uids:
        if uid not in known:
            raise InputError(f"no board has the uid {uid!r}; there are {', '.join(known)}")
    return [known[uid] for uid in uids] if uids else list(boards)


def _given(variables: Sequence[str]) -> dict[str, str]:
    pairs = [variable.partition("=") for variable in variables]
    for name, sign, _ in pairs:
        if not sign:
            raise click.BadParameter(f"{name!r} is not of the form name=value", param_hint="--var")
    return {name: value for name, _, value in pairs}


def _since(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        return ago_s(text)
    except (KeyError, ValueError) as error:
        raise click.BadParameter(f"{text!r} is no time such as 15m, 24h or 7d", param_hint="--since") from error
