"""An evaluation's summary as a document: what is said first, the figures, then method and assumptions."""

from __future__ import annotations

from answerable.evaluate.summary import Summary
from answerable.present.document import Document, Facts, Grid, Items, Part, Picture, Section, Words
from answerable.present.evaluation_chart import chart_svg


def evaluation_document(summary: Summary, *, mark: str = "", faint: str = "", kicker: str = "Evaluation") -> Document:
    """Return the summary as a document; ``mark`` and ``faint`` are the watermark of the workspace it comes from."""
    said = [Words(sentence, "strong" if number == 0 else "plain") for number, sentence in enumerate(summary.prose)]
    exploratory = (Words("Exploratory: this was not fixed before the deployment.", "strong"),)
    verdict = (Facts((("Verdict", summary.verdict),)),) if summary.verdict else ()
    figures = Grid(
        "Every figure behind the words above",
        ("what", "value", "to bear in mind"),
        tuple((row.label, row.value, row.note) for row in summary.table),
        (40, 30, 30),
    )
    rests = [Facts((("Method", summary.method),))]
    if summary.power:
        rests.append(Facts((("What could be seen", summary.power),)))
    if summary.would_change:
        rests.append(Facts((("What would change this", summary.would_change),)))
    drawn = tuple(Picture(chart.title, chart_svg(chart), chart.says, chart.as_json()) for chart in summary.charts)
    assumed = (Items("This assumes:", summary.assumptions),) if summary.assumptions else ()
    return Document(
        title=summary.title,
        kicker=kicker,
        mark=mark,
        faint=faint,
        running=summary.title[:60],
        summary=(*(exploratory if summary.exploratory else ()), *verdict, *said),
        sections=(
            Section("figures", "Figures", "What was counted, and how sure is it?", (Part("", (*drawn, figures)),)),
            Section("method", "What it rests on", "How was it worked out?", (Part("", (*rests, *assumed)),)),
        ),
        about=summary.as_json(),
    )
