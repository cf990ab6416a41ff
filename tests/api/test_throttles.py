"""How often may somebody ask, where is that counted, and what does an answer tell of it?"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
import time_machine
from django.test import Client
from hypothesis import given, strategies

from milestones.api import counters, sliding, throttles
from milestones.models import ClientHour
from milestones.rates import Rate
from tests.api.http import Api
from tests.cast import Cast
from tests.servers.valkey import Valkey

MINUTE = Rate(60, 60)
START = 1_700_000_000_000  # ms, the beginning of a slot of every width used here
LIMIT = re.compile(r'"default";r=(\d+);t=(\d+)')


# --- The window -------------------------------------------------------------------------------------------------------
def let_through(times: list[int], rate: Rate) -> list[int]:
    counts: dict[int, int] = {}
    return [at for at in times if sliding.take(counts, at, rate).allowed]


def test_as_many_as_the_rate_says_at_once() -> None:
    counts: dict[int, int] = {}
    verdicts = [sliding.take(counts, START, Rate(3, 60)) for _each in range(5)]
    assert [v.allowed for v in verdicts] == [True, True, True, False, False]
    assert [v.left for v in verdicts] == [2, 1, 0, 0, 0]


def test_who_asks_evenly_below_the_rate_is_never_refused() -> None:
    times = [START + 1_020 * each for each in range(600)]
    assert let_through(times, MINUTE) == times


@given(strategies.lists(strategies.integers(0, 200_000), max_size=400), strategies.integers(1, 30))
def test_nine_tenths_of_a_window_never_hold_more_than_the_rate(times: list[int], most: int) -> None:
    rate = Rate(most, 60)
    through = let_through(sorted(START + at for at in times), rate)
    for begin in through:
        assert sum(begin <= at < begin + 54_000 for at in through) <= most


@given(strategies.lists(strategies.integers(0, 200_000), min_size=1, max_size=200), strategies.integers(1, 30))
def test_whoever_waits_as_told_is_let_in_and_not_much_earlier(times: list[int], most: int) -> None:
    counts: dict[int, int] = {}
    for at in sorted(START + at for at in times):
        verdict = sliding.take(counts, at, Rate(most, 60))
        if not verdict.allowed:
            assert 0 < verdict.wait <= 66_000
            assert sliding.take(dict(counts), at + verdict.wait, Rate(most, 60)).allowed
            assert not sliding.take(dict(counts), at + verdict.wait - 2, Rate(most, 60)).allowed


# --- Where it is counted ----------------------------------------------------------------------------------------------
@pytest.fixture
def server(tmp_path: Path, settings: Any) -> Iterator[Valkey]:
    one = Valkey(tmp_path)
    one.start()
    settings.CELERY_BROKER_URL = one.url
    counters.forget()
    yield one
    one.stop()
    counters.forget()


@pytest.mark.parametrize("most", [1, 7, 40])
def test_the_broker_counts_as_a_process_does(server: Valkey, most: int) -> None:
    rate, counts, now = Rate(most, 10), dict[int, int](), START
    script = counters._script(server.url)
    for step in range(400):
        now += (step * 7919) % 613
        found = script(keys=["x"], args=[now, sliding.width(rate), rate.count])
        assert sliding.Verdict(bool(found[0]), found[1], found[2]) == sliding.take(counts, now, rate), step


def test_two_processes_share_one_count(server: Valkey) -> None:
    assert counters.take("a", Rate(2, 60)).left == 1
    counters.forget()  # as another process, which knows nothing
    assert counters.take("a", Rate(2, 60)).left == 0
    assert not counters.take("a", Rate(2, 60)).allowed
    assert counters.take("b", Rate(2, 60)).left == 1
    assert not counters._own


def test_what_is_counted_goes_by_itself(server: Valkey) -> None:
    counters.take("a", Rate(2, 60))
    with redis.Redis.from_url(server.url) as broker:
        assert 60_000 < broker.pttl("api:asked:a:60") <= 66_000


def test_without_the_broker_each_process_counts_alone_and_nobody_is_without_limit(server: Valkey) -> None:
    assert counters.take("a", Rate(2, 60)).left == 1
    server.kill()
    assert [counters.take("a", Rate(2, 60)).allowed for _each in range(3)] == [True, True, False]


def test_a_dead_broker_costs_one_attempt(server: Valkey) -> None:
    server.kill()
    counters.take("a", MINUTE)
    began = time.perf_counter()
    for _each in range(50):
        counters.take("a", MINUTE)
    assert time.perf_counter() - began < 0.1


def test_when_it_is_back_all_count_there_again(server: Valkey, monkeypatch: pytest.MonkeyPatch) -> None:
    counters.take("a", MINUTE)
    server.kill()
    assert counters.take("a", MINUTE).left == 59  # alone
    server.start()
    monkeypatch.setattr(counters, "_alone_until", 0.0)
    assert counters.take("a", MINUTE).left == 58  # it keeps its data on disk


@pytest.mark.parametrize(
    ("broker", "where"),
    [
        ("redis+socket://%2Fsrv%2Fvar%2Fvalkey.sock", ("/srv/var/valkey.sock", 0, None)),
        ("redis+socket:///srv/valkey.sock?virtual_host=3", ("/srv/valkey.sock", 3, None)),
        ("redis+socket://:s%2Fcret@/srv/valkey.sock", ("/srv/valkey.sock", 0, "s/cret")),
    ],
)
def test_the_broker_is_found_behind_a_socket(broker: str, where: tuple[Any, ...]) -> None:
    found = counters._script(broker).registered_client.connection_pool.connection_kwargs
    assert (found["path"], found["db"], found["password"]) == where


def test_a_process_that_counts_alone_does_not_grow() -> None:
    for each in range(counters.MOST_KEYS + 10):
        counters.take(f"address:{each}", MINUTE)
    assert len(counters._own) <= counters.MOST_KEYS


# --- What an answer tells ---------------------------------------------------------------------------------------------
@pytest.fixture
def tight(settings: Any) -> None:
    settings.API_RATE = Rate(3, 60)


def limit(answer: Any) -> tuple[int, int]:
    found = LIMIT.fullmatch(answer["RateLimit"])
    assert found
    return int(found[1]), int(found[2])


def test_every_answer_tells_the_limit_and_what_is_left(api: Api) -> None:
    for path, status in (("/me", 200), ("/milestones", 200), ("/milestones/nobody", 404), ("/milestones?x=1", 400)):
        answer = api.get(path)
        assert answer.status_code == status
        assert answer["RateLimit-Policy"] == '"default";q=6000;w=60'
        assert "Retry-After" not in answer
    assert limit(answer) == (5996, 60)


@pytest.mark.usefixtures("tight")
def test_one_too_many_is_told_when_to_come_again(api: Api) -> None:
    with time_machine.travel(START / 1000, tick=False) as clock:
        assert [api.get("/me").status_code for _each in range(4)] == [200, 200, 200, 429]
        answer = api.get("/me")
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["type"].endswith("/too-many")
        left, seconds = limit(answer)
        assert (left, answer["Retry-After"]) == (0, str(seconds))
        assert answer["RateLimit-Policy"] == '"default";q=3;w=60'
        clock.shift(seconds - 2)
        assert api.get("/me").status_code == 429
        clock.shift(2)
        assert api.get("/me").status_code == 200


@pytest.mark.usefixtures("tight")
def test_each_client_and_each_person_has_a_limit_of_its_own(cast: Cast, client_of: Callable[..., Api]) -> None:
    one, other = client_of("read", name="one"), client_of("read", name="other")
    browser = Client()
    browser.force_login(cast.viewer)
    for asker in (one, other, Api(session=browser)):
        assert [asker.get("/me").status_code for _each in range(4)] == [200, 200, 200, 429]


def test_a_client_may_have_a_rate_of_its_own(client_of: Callable[..., Api]) -> None:
    answer = client_of("read", name="slow", rate="2/h").get("/me")
    assert answer["RateLimit-Policy"] == '"default";q=2;w=3600'
    assert limit(answer) == (1, 3600)


def test_whoever_is_refused_again_and_again_waits(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttles, "STRANGERS", Rate(3, 60))
    guesses = [Api(f"lgx_{each:08}_{'a' * 43}").get("/me") for each in range(5)]
    assert [answer.status_code for answer in guesses] == [401, 401, 401, 429, 429]
    assert guesses[-1]["RateLimit-Policy"] == '"address";q=3;w=60'
    assert int(guesses[-1]["Retry-After"]) > 0


def test_a_good_token_does_not_pay_for_its_neighbours_guesses(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttles, "STRANGERS", Rate(1, 60))
    assert [Api("guess").get("/me").status_code for _each in range(3)] == [401, 429, 429]
    assert api.get("/me").status_code == 200


@pytest.mark.usefixtures("tight")
def test_refusals_are_counted_for_the_clients_page(api: Api) -> None:
    for _each in range(6):
        api.get("/me")
    assert ClientHour.objects.get(status=429).count >= 1
