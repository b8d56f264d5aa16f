"""Raw NMEA: published sentences, times, parts, what is damaged, and what is refused."""

from __future__ import annotations

import gzip
import random
import re
import tracemalloc
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyais.messages import TagBlock

from pipeline.config.ais import AisSection
from pipeline.errors import DataError
from pipeline.sources.ais import nmea
from pipeline.sources.ais.nmea import Decoded, decode, is_named_nmea
from pipeline.sources.unpacking import Bounds
from tests.sources.nmea_makers import SHIP, START_S, place, raw, sealed, sentences, tagged, text

SECTION = AisSection(nmea_damaged_pct=100.0)
US = 1_000_000


def read(
    tmp_path: Path, content: str | bytes, *, name: str = "a.nmea", section: AisSection = SECTION
) -> tuple[pd.DataFrame, Decoded]:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    done = decode(path, tmp_path / "out.parquet", section, Bounds())
    table = pd.read_parquet(tmp_path / "out.parquet")
    assert len(table) == done.reports
    return table, done


# Sentences and what they say, as the test file sample.aivdm of gpsd publishes them (decoded there with noaadata and
# the Maritec decoder, not with the library that is used here).
PUBLISHED = {
    "1, under way": (
        ["!AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208CQ,0*4A"],
        {"mmsi": 371798000, "status": 0, "sog_kn": 12.3, "lon": -123.395383333, "lat": 48.381633333, "heading_deg": 215,
         "kind": "ship"},
    ),
    "1, heading 511": (
        ["!AIVDM,1,1,,A,16SteH0P00Jt63hHaa6SagvJ087r,0*42"],
        {"mmsi": 440348000, "sog_kn": 0.0, "lon": -70.7582, "lat": 43.08015, "heading_deg": None},
    ),
    "2": (
        ["!AIVDM,1,1,,B,25Cjtd0Oj;Jp7ilG7=UkKBoB0<06,0*60"],
        {"mmsi": 356302000, "sog_kn": 13.9, "lon": -71.626143333, "lat": 40.392358333, "heading_deg": 91},
    ),
    "3, moored": (
        ["!AIVDM,1,1,,A,38Id705000rRVJhE7cl9n;160000,0*40"],
        {"mmsi": 563808000, "status": 5, "sog_kn": 0.0, "lon": -76.327533333, "lat": 36.91, "heading_deg": 352},
    ),
    "4": (
        ["!AIVDM,1,1,,A,403OviQuMGCqWrRO9>E6fE700@GO,0*4D"],
        {"mmsi": 3669702, "lon": -76.352361667, "lat": 36.883766667, "kind": "base station"},
    ),
    "5, two parts": (
        ["!AIVDM,2,1,1,A,55?MbV02;H;s<HtKR20EHE:0@T4@Dn2222222216L961O5Gf0NSQEp6ClRp8,0*1C",
         "!AIVDM,2,2,1,A,88888888880,2*25"],
        {"mmsi": 351759000, "imo": 9134270, "name": "EVER DIADEM", "vessel_type": 70, "length_m": 225 + 70,
         "beam_m": 1 + 31, "draught_m": 12.2, "lat": None, "kind": "static"},
    ),
    "9": (
        ["!AIVDM,1,1,,B,91b55wi;hbOS@OdQAC062Ch2089h,0*30"],
        {"mmsi": 111232511, "lon": -6.27884, "lat": 58.144, "kind": "search and rescue aircraft"},
    ),
    "18, speed of 5.1 kn": (
        ["!AIVDM,1,1,,B,B5O6hr00<veEKmUaMFdEow`UWP06,0*4F"],
        {"mmsi": 368161000, "sog_kn": 5.1, "lon": -72.233848333, "lat": 39.480925, "status": None, "kind": "ship"},
    ),
    "19": (
        ["!AIVDM,1,1,,B,C5N3SRgPEnJGEBT>NhWAwwo862PaLELTBJ:V00000000S0D:R220,0*0B"],
        {"mmsi": 367059850, "sog_kn": 8.7, "lon": -88.810391667, "lat": 29.543695, "name": "CAPT.J.RIMES",
         "vessel_type": 70, "length_m": 5 + 21, "beam_m": 8, "draught_m": None, "kind": "ship"},
    ),
    "21, two parts": (
        ["!AIVDM,2,1,5,B,E1mg=5J1T4W0h97aRh6ba84<h2d;W:Te=eLvH50```q,0*46", "!AIVDM,2,2,5,B,:D44QDlp0C1DU00,2*36"],
        {"mmsi": 123456789, "lon": -122.698591667, "lat": 47.920618333, "kind": "aid to navigation"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_sentences_say_what_was_published(tmp_path: Path, name: str) -> None:
    lines, expected = PUBLISHED[name]
    table, done = read(tmp_path, text(tagged(lines)))
    assert len(table) == 1
    assert done.damaged == 0
    row = table.iloc[0]
    assert row["time_us"] == START_S * US
    for column, value in expected.items():
        if value is None:
            assert pd.isna(row[column])
        elif isinstance(value, float):
            assert row[column] == pytest.approx(value, abs=5e-6)
        else:
            assert row[column] == value


def test_class_b_says_its_name_and_its_size_in_two_messages(tmp_path: Path) -> None:
    name = sentences(24, partno=0, shipname="SMALL")
    size = sentences(24, partno=1, ship_type=37, to_bow=9, to_stern=3, to_port=2, to_starboard=2)
    tender = sentences(24, mmsi=982730001, partno=1, ship_type=0, mothership_mmsi=SHIP)
    table, _ = read(tmp_path, text(name, size, tender))
    assert table["kind"].tolist() == ["static"] * 3
    assert table["name"].fillna("").tolist() == ["SMALL", "", ""]
    assert table[["vessel_type", "length_m", "beam_m"]].fillna(0).values.tolist() == [[0, 0, 0], [37, 12, 4], [0, 0, 0]]


def test_long_range_reports_are_coarse_and_know_a_speed_of_63_as_unknown(tmp_path: Path) -> None:
    table, _ = read(tmp_path, text(place(kind=27, speed=11), place(kind=27, speed=63), place(kind=1, speed=102.3)))
    assert table["sog_kn"].fillna(-1).tolist() == [11.0, -1.0, -1.0]
    assert table["heading_deg"].isna().tolist() == [True, True, False]
    assert table["lon"].tolist() == pytest.approx([50.5] * 3, abs=1 / 600)


def test_what_says_neither_place_nor_particulars_is_counted(tmp_path: Path) -> None:
    others = [sentences(8, dac=1, fid=11, data=b"\0\0")[0], "$GPRMC,120000,A,4025.0,N,05030.0,E*00", "$AITXT,01,01*00"]
    table, done = read(
        tmp_path, text(place(), others, ["!AIVDM,1,1,,B,;4R33:1uUK2F`q?mOt@@GoQ00000,0*5D"], ["# made by hand", ""])
    )
    assert (len(table), done.other, done.damaged) == (1, 4, 0)


WITHOUT_TIME = place(None)[0]
TIMES = {
    "tag block, seconds": (place(START_S)[0], 0),
    "tag block, milliseconds": (place(f"{START_S}250")[0], 250_000),
    "tag block with more": (tagged([WITHOUT_TIME], station="r003669945")[0], 0),
    "ISO 8601": (f"2025-01-01T00:00:00Z {WITHOUT_TIME}", 0),
    "without an offset": (f"2025-01-01 00:00:00,{WITHOUT_TIME}", 0),
    "with an offset": (f"2025-01-01T04:00:00.5+04:00\t{WITHOUT_TIME}", 500_000),
    "in brackets": (f"[2025-01-01 00:00:00.125] {WITHOUT_TIME}", 125_000),
    "seconds in front": (f"{START_S};{WITHOUT_TIME}", 0),
    "fractions of a second in front": (f"{START_S}.75 {WITHOUT_TIME}", 750_000),
    "milliseconds in front": (f"{START_S}001|{WITHOUT_TIME}", 1000),
    "seconds behind, as coast guards do": (f"{WITHOUT_TIME},s28089,d-103,r08TPHI1,{START_S}", 0),
    "wrapper on the line before": (
        f"{sealed('PGHP,1,2025,1,1,0,0,0,10,338,2,,1,09').replace('!', '$')}\n{WITHOUT_TIME}", 10_000,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TIMES)
def test_a_time_is_read_wherever_receivers_put_it(tmp_path: Path, name: str) -> None:
    line, after_us = TIMES[name]
    table, done = read(tmp_path, f"{line}\n")
    assert table["time_us"].tolist() == [START_S * US + after_us]
    assert done.damaged == 0


def test_a_wrapper_is_for_one_sentence_only(tmp_path: Path) -> None:
    wrapper = sealed("PGHP,1,2025,1,1,0,0,0,0,338,2,,1,09").replace("!", "$")
    table, _ = read(tmp_path, text([wrapper], place(None), place(None)))
    assert table["time_us"].isna().tolist() == [False, True]


PARTICULARS = {"imo": 9074729, "shipname": "A LONG NAME INDEED", "ship_type": 80, "to_bow": 100, "to_stern": 40}
FIRST, SECOND = sentences(5, seq_id=1, **PARTICULARS)
OTHER_FIRST, OTHER_SECOND = sentences(5, seq_id=1, channel="B", mmsi=273000002, **{**PARTICULARS, "to_bow": 60})
TWIN_FIRST, TWIN_SECOND = sentences(5, seq_id=1, mmsi=273000003, **{**PARTICULARS, "to_bow": 30})


def grouped(sentence: str, group: str) -> str:
    """Put a sentence under a tag block that names its place in a group."""
    return f"\\{TagBlock.create_str(group=group)}\\{sentence}"


PARTS = {
    "in order": ([FIRST, SECOND], [140.0], 0),
    "the wrong way round": ([SECOND, FIRST], [140.0], 0),
    "others between": ([FIRST, *place(), SECOND], [140.0, None], 0),
    "two channels interleaved": ([FIRST, OTHER_FIRST, SECOND, OTHER_SECOND], [140.0, 100.0], 0),
    "second missing": ([FIRST], [], 1),
    "first missing": ([SECOND], [], 1),
    "first sent twice": ([FIRST, FIRST, SECOND], [140.0], 1),
    "second damaged": ([FIRST, SECOND.replace("*", "0*")], [], 2),
    "further apart than parts come": ([*tagged([FIRST]), *place(START_S + 60), SECOND], [None], 2),
    "groups of tag blocks interleaved": (
        [grouped(FIRST, "1-2-77"), grouped(TWIN_FIRST, "1-2-78"), grouped(SECOND, "2-2-77"),
         grouped(TWIN_SECOND, "2-2-78")],
        [140.0, 70.0],
        0,
    ),
    "one station after another": (
        [*tagged([FIRST], station="r1"), *tagged([sentences(5, seq_id=1, mmsi=5)[0]], station="r2"),
         *tagged([SECOND], station="r1")],
        [140.0],
        1,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PARTS)
def test_parts_are_put_together_or_counted(tmp_path: Path, name: str) -> None:
    lines, lengths, damaged = PARTS[name]
    table, done = read(tmp_path, text(lines))
    assert sorted(table["length_m"].fillna(0)) == sorted(value or 0 for value in lengths)
    assert done.damaged == damaged
    assert done.reports + done.damaged >= 1


def test_a_part_does_not_wait_for_one_of_a_thousand_lines_later(tmp_path: Path) -> None:
    table, done = read(tmp_path, text([FIRST], place(None) * 1001, [SECOND], place()))
    assert table["kind"].eq("ship").all()
    assert done.causes == {"parts without the rest": 2}
    assert done.first_damaged == 1


GOOD = place()[0]
NO_AIS = GOOD.replace("!AIVDM", "!GPVDM")
DAMAGED = {
    "checksum": (GOOD[:-1] + ("0" if GOOD[-1] != "0" else "1"), "checksum"),
    "checksum of the tag block": (GOOD.replace(f"c:{START_S}", f"c:{START_S + 1}"), "checksum of the tag block"),
    "letter changed": (GOOD.replace(",A,1", ",A,2"), "checksum"),
    "cut short": (GOOD[:-12], "no sentence"),
    "no checksum": (GOOD[:-3], "no sentence"),
    "two on a line": (WITHOUT_TIME * 2, "two sentences on a line"),
    "wrong talker": (NO_AIS, "talker that is no AIS station"),
    "words": ("receiver restarted", "no sentence"),
    "bytes": ("\x00\x01\x02\x03", "no sentence"),
    "month 13": (f"2025-13-01T00:00:00Z {WITHOUT_TIME}", "time"),
    "fields missing": (sealed("AIVDM,1,1,A,0"), "fields of the sentence"),
    "part 3 of 2": (sealed("AIVDM,2,3,1,A,1,0"), "fields of the sentence"),
    "no payload": (sealed("AIVDM,1,1,,A,,0"), "no six-bit letters"),
    "letters that carry no bits": (sealed("AIVDM,1,1,,A,1zz{}~,0"), "no six-bit letters"),
    "message of no type": (raw("0" * 28)[0], "message too short"),
    "message cut before it was sealed": (raw(WITHOUT_TIME.split(",")[5][:20])[0], "message too short"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damage_is_counted_with_its_cause(tmp_path: Path, name: str) -> None:
    line, cause = DAMAGED[name]
    table, done = read(tmp_path, text(place(), [line], place()))
    assert len(table) == 2
    assert (done.damaged, done.causes, done.first_damaged) == (1, {cause: 1}, 2)
    assert done.finding == f"1 of 3 NMEA messages are damaged, the first at line 2: 1 {cause}"


def test_a_share_of_damage_is_borne_and_more_is_refused(tmp_path: Path) -> None:
    section = AisSection(nmea_damaged_pct=10.0)
    table, done = read(tmp_path, text(place() * 9, ["x"]), section=section)
    assert (len(table), done.damaged) == (9, 1)
    with pytest.raises(DataError, match="2 of 10 NMEA messages are damaged") as caught:
        read(tmp_path, text(["x"], place() * 8, ["x"]), section=section)
    assert caught.value.where == f"{tmp_path / 'a.nmea'}, line 1"
    assert "nmea_damaged_pct (10 percent)" in caught.value.remedy


REFUSED = {
    "no bytes": (b"", "holds no AIS sentence"),
    "another text": (b"one\ntwo\n", "holds no AIS sentence"),
    "UTF-16": (text(place()).encode("utf-16"), "holds no AIS sentence"),
    "no line ends": (b"x" * 100_000, "holds no AIS sentence"),
    "places without a time": (text(place(None) * 2).encode(), "no position in the NMEA file has a time"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_used_is_refused_in_one_paragraph(tmp_path: Path, name: str) -> None:
    content, cause = REFUSED[name]
    with pytest.raises(DataError, match=cause) as caught:
        read(tmp_path, content)
    assert str(tmp_path / "a.nmea") in caught.value.where
    assert caught.value.remedy
    assert "\n" not in str(caught.value)


ZONES = ["+0400", "+04:00", "-03", "MSK", "CEST", "PM", "a.m.", "Europe/Moscow", "UTC+4", '" +4']
NO_ZONES = ["INFO", "Z", "UTC", "GMT", "ALERT", "[ais] INPUT", "-97 dBm", "rx1", ","]


@pytest.mark.parametrize("word", ZONES)
def test_a_zone_behind_a_blank_is_never_passed_over(tmp_path: Path, word: str) -> None:
    (line,) = place(None)
    with pytest.raises(DataError, match="time with a zone or offset"):
        read(tmp_path, f"2025-01-03 04:00:00 {word} {line}\n".encode())


@pytest.mark.parametrize("word", NO_ZONES)
def test_words_of_loggers_and_of_utc_stay(tmp_path: Path, word: str) -> None:
    (line,) = place(None)
    table, done = read(tmp_path, f"2025-01-03 00:00:00 {word} {line}\n".encode())
    assert (table["time_us"].tolist(), done.damaged) == ([1735862400 * 1_000_000], 0)


def test_damaged_tag_blocks_are_not_taken_for_no_sentence(tmp_path: Path) -> None:
    content = text(place() * 3).replace("\\c:1", "\\c:2").encode()
    with pytest.raises(DataError, match="checksum of the tag block"):
        read(tmp_path, content)


def test_carriage_returns_alone_end_lines(tmp_path: Path) -> None:
    table, done = read(tmp_path, text(place() * 2000).encode().replace(b"\n", b"\r"))
    assert (len(table), done.damaged) == (2000, 0)


def test_particulars_need_no_time(tmp_path: Path) -> None:
    table, _ = read(tmp_path, text([FIRST, SECOND]))
    assert table["time_us"].isna().all()


@pytest.mark.parametrize("change", [b"\xef\xbb\xbf".__add__, lambda content: content.replace(b"\n", b"\r\n")])
def test_byte_order_mark_and_line_ends_do_not_matter(tmp_path: Path, change) -> None:
    content = text(place(), [FIRST, SECOND]).encode()
    table, done = read(tmp_path, change(content))
    assert (len(table), done.damaged) == (2, 0)


PACKED = {
    "a.nmea.gz": gzip.compress,
    "a.txt.zst": lambda content: pa.compress(content, codec="zstd", asbytes=True),
}


@pytest.mark.parametrize("name", PACKED)
def test_packed_files_are_read_and_refused_when_cut_short(tmp_path: Path, name: str) -> None:
    packed = PACKED[name](text(place() * 50).encode())
    table, _ = read(tmp_path, packed, name=name)
    assert len(table) == 50
    assert is_named_nmea(tmp_path / name)
    with pytest.raises(DataError, match="cannot be read") as caught:
        read(tmp_path, packed[:-9], name=name)
    assert caught.value.where == str(tmp_path / name)


def test_a_packed_file_that_explodes_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = text(place() * 2000).encode()
    for name, pack in PACKED.items():
        path = tmp_path / name
        path.write_bytes(pack(content))
        with pytest.raises(DataError, match="unpacks to more than it may"):
            decode(path, tmp_path / "out.parquet", SECTION, Bounds(most_gb=1e-5))


def test_a_file_is_known_by_its_ending() -> None:
    assert all(is_named_nmea(Path(name)) for name in ("a.LOG", "a.nmea", "a.txt.gz", "a.ais.zst"))
    assert not any(is_named_nmea(Path(name)) for name in ("a.csv", "a.csv.gz", "nmea", "a.zip"))


def test_memory_does_not_grow_with_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of 10 GB, in small: batches of a hundred, and parts that never come together."""
    monkeypatch.setattr(nmea, "_BATCH", 100)
    lines = text(place() * 5, [FIRST], ["x" * 3000])

    def peak(repeats: int) -> int:
        path = tmp_path / f"{repeats}.nmea"
        path.write_text(lines * repeats)
        tracemalloc.start()
        decode(path, tmp_path / "out.parquet", SECTION, Bounds())
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(10)
    assert peak(450) < 1.3 * peak(150)


@given(st.binary(max_size=300), st.randoms(use_true_random=False))
def test_no_bytes_break_the_reader(content: bytes, rng: random.Random) -> None:
    good = bytearray(text(place(), [FIRST, SECOND]).encode())
    for _ in range(5):
        good[rng.randrange(len(good))] = rng.randrange(256)
    _decoded(content + b"\n" + bytes(good))


@given(st.text(alphabet="".join(map(chr, [*range(48, 88), *range(96, 120)])), min_size=1, max_size=110))
def test_no_sealed_payload_breaks_the_reader(payload: str) -> None:
    _decoded(text(raw(payload)).encode())


def _decoded(content: bytes) -> None:
    """Read bytes and hold the counts against the lines, whatever they are."""
    done = Decoded()
    lines = content.split(b"\n")
    reports = list(nmea._reports(lines, SECTION, done))
    assert len(reports) == done.reports
    assert done.damaged == sum(done.causes.values())
    assert done.reports + done.other + done.damaged <= len(lines)
    assert re.search("damaged", done.finding) if done.damaged else not done.finding
    nmea._table(reports)
