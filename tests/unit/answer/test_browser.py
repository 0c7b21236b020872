"""The page in a real browser, headless Chromium by its own command line; skipped where there is none."""

import os
import re
import shutil
import subprocess

import pytest
from answer_examples import ESTIMATES, built, curves, judged

from mrsgap.answer.fit_pictures import pictures

NAMES = ("chromium", "chromium-browser", "google-chrome")
BROWSER = os.environ.get("MRSGAP_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), "")
pytestmark = pytest.mark.skipif(not BROWSER, reason="no Chromium here (chromium on the path, or MRSGAP_CHROMIUM)")
ITEMS = [f"a_scan_with_quite_a_long_name_{place}" for place in range(8)]

# What a reader does, done by the page itself and written where the dump shows it.
PROBE = """<script>addEventListener("load", () => {
  const root = document.documentElement, rows = () => [...document.querySelectorAll("#answers tr[data-spectrum]")];
  const filter = document.getElementById("filter"), others = document.getElementById("others");
  const closed = others.getBoundingClientRect().height;
  others.open = true;
  const open = others.getBoundingClientRect().height;
  document.querySelectorAll("details").forEach(part => { part.open = true; });
  const wide = root.scrollWidth - root.clientWidth;
  const small = [...document.querySelectorAll("svg")].filter(one => one.getBoundingClientRect().width < 200).length;
  const button = document.querySelector("#answers th button");
  button.click(); button.click();
  const first = rows()[0].cells[0].textContent;
  filter.value = "name_3"; filter.dispatchEvent(new Event("input"));
  const left = rows().filter(row => row.getBoundingClientRect().height > 0).length;
  document.body.dataset.probe = [wide <= 0, closed < 60 && open > 200, small, first.endsWith("_7"), left].join(" ");
});</script></body>"""


def run(page, folder, *options):
    command = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}", *options]
    return subprocess.run([*command, page.as_uri()], capture_output=True, text=True, check=True, timeout=60).stdout


@pytest.fixture(scope="module")
def text():
    methods = ("fit", *(f"network_{place}" for place in range(14)))
    rows = [row | {"item": item, "method": method, "status": "flagged", "reason": f"{item} is noisy"}
            for item in ITEMS for method in methods for row in ESTIMATES]  # fmt: skip
    return built(judged(rows), fits=pictures(curves(tuple(ITEMS))), items=ITEMS)


@pytest.mark.parametrize("width", [1300, 500])
def test_nothing_runs_off_the_page_and_it_can_be_unfolded_sorted_and_filtered(text, tmp_path, width):
    (tmp_path / "page.html").write_text(text.replace("</body>", PROBE), encoding="utf-8")
    dump = run(tmp_path / "page.html", tmp_path, f"--window-size={width},1000", "--dump-dom")
    assert re.search(r'data-probe="([^"]*)"', dump)[1] == "true true 0 true 1"


def test_it_prints(text, tmp_path):
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    run(tmp_path / "page.html", tmp_path, f"--print-to-pdf={tmp_path / 'page.pdf'}")
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / "page.pdf").stat().st_size > 20_000
