"""One colour and one marker per method, everywhere: never colour alone."""

from mrsgap.show import style

LOOKS = {
    "YAE": (style.BLUE, "o"), "CNN": (style.SKY, "s"), "FCNN": (style.GREEN, "^"), "LCModel-OFF": (style.BLACK, "X"),
    "LCModel-DIFF": (style.GREY, "P"), "Joint fit": (style.VERMILION, "D"), "OFF fit": (style.ORANGE, "v"),
    "DIFF fit": (style.PURPLE, "<"), "QNet-default": (style.PURPLE, "h"), "QNetBasis": (style.YELLOW, "d"),
    "QMRS": (style.ORANGE, "*"), "EncDec": (style.GREY, ">"),
}  # fmt: skip
OTHERS = [(style.GREY, "o"), (style.GREY, "s"), (style.GREY, "^"), (style.GREY, "v")]


def look(name: str) -> dict:
    """`color` and `marker` of a method; an ensemble looks like its network, anything unknown is grey."""
    base = name.removesuffix(" (ensemble)")
    colour, marker = LOOKS.get(base, OTHERS[sum(map(ord, base)) % len(OTHERS)])
    return {"color": colour, "marker": marker}
