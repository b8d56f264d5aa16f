import numpy as np
import pygmm
import pytest

from pipeline.config.seismic import SeismicSection
from pipeline.hazards.seismic.ground_motion import _NO_DEPTH, MODELS, Site, logic_tree, pga, tabulate
from pipeline.hazards.seismic.rupture import joyner_boore_km, rupture_length_km, top_of_rupture_km

# METHODS 4.3: (M, R, Vs30) -> PGA of ASK14, BSSA14, CB14, CY14, ASB14; strike-slip, dip 90, rupture at the surface.
NAMES = ("ASK14", "BSSA14", "CB14", "CY14", "ASB14")
PINS = {
    (6.5, 20, 760): (0.1052, 0.1218, 0.1462, 0.1079, 0.1066),
    (7.0, 20, 760): (0.1440, 0.1497, 0.1808, 0.1492, 0.1453),
    (7.0, 20, 270): (0.1954, 0.2170, 0.1961, 0.2089, 0.1744),
    (7.0, 50, 270): (0.0912, 0.1062, 0.0912, 0.0918, 0.0724),
    (5.5, 10, 270): (0.1461, 0.2258, 0.1616, 0.1480, 0.1244),
}
PGV = {(6.5, 20, 760): (7.938, 9.154, 10.064, 7.891, 7.366), (5.5, 10, 270): (10.573, 9.321, 12.794, 12.116, 7.619)}


def scenario(m, r, vs30):
    return pygmm.Scenario(
        mag=m, dist_jb=r, dist_rup=r, dist_x=r, v_s30=vs30, dip=90, depth_tor=0, mechanism="SS", region="california"
    )


@pytest.mark.parametrize(
    ("case", "name", "wanted"), [(c, n, w) for c, row in PINS.items() for n, w in zip(NAMES, row, strict=True)]
)
def test_t11_pga_pins(case, name, wanted):
    assert MODELS[name](scenario(*case)).pga == pytest.approx(wanted, abs=1e-3)


@pytest.mark.parametrize(
    ("case", "name", "wanted"), [(c, n, w) for c, row in PGV.items() for n, w in zip(NAMES, row, strict=True)]
)
def test_t11_pgv_pins(case, name, wanted):
    assert MODELS[name](scenario(*case)).pgv == pytest.approx(wanted, rel=1e-3)


@pytest.mark.parametrize(("name", "wanted"), list(zip(NAMES, (0.6169, 0.6051, 0.5818, 0.5535, 0.7121), strict=True)))
def test_t11_sigma_pins(name, wanted):
    assert MODELS[name](scenario(7.0, 20, 760)).ln_std_pga == pytest.approx(wanted, abs=1e-3)


@pytest.mark.parametrize("name", sorted(MODELS))
@pytest.mark.parametrize(("m", "r", "vs30"), list(PINS))
def test_finding_coefficients_faster_changes_no_digit(monkeypatch, name, m, r, vs30):
    at = {"depth_km": 15.0, "top_km": 8.0, "mechanism": "RV", "site": Site(float(vs30))}
    quick = pga(name, m, r, **at)
    monkeypatch.setitem(MODELS, name, MODELS[name].__base__)
    assert MODELS[name].__module__.startswith("pygmm")
    assert pga(name, m, r, **at) == quick


@pytest.mark.parametrize("name", _NO_DEPTH)
def test_models_that_take_one_table_for_all_depths_do_not_know_depth(name):
    at = {"mechanism": "RV", "site": Site(270.0)}
    deep, shallow = (pga(name, 6.5, 20.0, depth_km=d, top_km=d / 2, **at) for d in (80.0, 5.0))
    assert deep == shallow


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", sorted(MODELS))
@pytest.mark.parametrize("mechanism", ["SS", "RV", "U"])
def test_models_run_within_their_limits_without_a_warning(name, mechanism):
    near = pga(name, 6.5, 5.0, depth_km=15.0, top_km=8.0, mechanism=mechanism, site=Site(180.0))
    far = pga(name, 6.5, 200.0, depth_km=80.0, top_km=75.0, mechanism=mechanism, site=Site(760.0))
    assert near[0] > far[0]
    assert 0.3 < near[1] < 1.0


@pytest.mark.parametrize(
    ("name", "depth"), [("BSSA14", 10.0), ("CB14", 10.0), ("CY14", 50.0), ("ASK14", 30.0), ("BCHYDRO16", 50.0)]
)
def test_tables_stay_within_two_percent_of_the_model(name, depth):
    site = Site(180.0)
    table = tabulate(name, depth_km=depth, mechanism="RV", site=site, finite=True)
    for m in (4.6, 4.9, 5.3, 6.2, 6.9, 7.7):
        top = float(top_of_rupture_km(m, depth, finite=True))
        for r in (1.0, 8.0, 26.0, 77.0, 140.0):
            ln_pga, sigma = pga(name, m, r, depth_km=depth, top_km=top, mechanism="RV", site=site)
            got, spread = table(np.array(m), np.array(r))
            assert float(got) == pytest.approx(ln_pga, abs=0.02)
            assert float(spread) == pytest.approx(sigma, abs=0.01)


def test_logic_tree_takes_epicentral_distance_for_bc_hydro_alone():
    section = SeismicSection()
    tree = logic_tree(section.deep_models, depth_km=50.0, mechanism="U", site=Site(760.0), finite=True)
    assert [(b.weight, b.extended) for b in tree] == [(0.25, True), (0.25, True), (0.5, False)]


def test_rupture_distance_of_a_point_and_of_ruptures():
    r = np.array([0.0, 10.0, 100.0])
    assert joyner_boore_km(np.full(3, 7.0), r, 0)[:, 0].tolist() == r.tolist()
    near = joyner_boore_km(np.full(3, 7.0), r, 4)
    assert near.shape == (3, 4)
    assert (near <= r[:, None] + 1e-12).all()
    # A rupture that strikes almost at the site: half its length nearer.
    fine = joyner_boore_km(np.array(7.0), np.array(100.0), 90)
    assert fine.min() == pytest.approx(100.0 - rupture_length_km(7.0) / 2.0, abs=0.2)
    assert fine.max() == pytest.approx(100.0, abs=0.01)


def test_top_of_rupture():
    assert top_of_rupture_km([5.0, 7.5], 10.0, finite=True) == pytest.approx([10 - 10**0.59 / 2, 0.0])
    assert top_of_rupture_km(7.5, 10.0, finite=False) == 10.0


def test_weights_of_a_tree_must_add_up():
    with pytest.raises(ValueError, match="add up to 1"):
        SeismicSection.model_validate({"crustal_models": [{"model": "CY14", "weight": 0.5}]})
