"""Every faulty vector file ends in what is written beside it, and is left as it was."""

import re
import warnings
from pathlib import Path

import pytest

from pipeline.errors import DataError
from pipeline.sources.vectors import read_features

from .faulty_vectors import FAULTS, Fault


def state(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("name", FAULTS)
def test_a_faulty_vector_file_is_told(tmp_path: Path, name: str) -> None:
    fault: Fault = FAULTS[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what writers say of the faults that they are asked to write
        path = fault.make(tmp_path)
    before = state(tmp_path)
    if fault.error:
        with pytest.raises(DataError, match=f"(?s){fault.error}") as caught:
            read_features(path, **dict(fault.more))
        assert str(path.with_suffix("")) in caught.value.where
        assert caught.value.remedy
    else:
        found = read_features(path, **dict(fault.more))
        said = " | ".join(f"{remark.place}: {remark.message}" for remark in found.remarks)
        assert found.table.index.tolist() == list(fault.numbers)
        assert found.table.crs == "EPSG:4326"
        assert re.search(fault.remark, said) if fault.remark else not said
    assert state(tmp_path) == before
