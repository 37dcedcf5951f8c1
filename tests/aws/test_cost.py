"""What functions used, from their log lines, at the price list that travels with kWit."""

import json
from decimal import Decimal

from kwit.aws.cost import StageUse, read_prices, use_of_logs


def line(*, records: int = 1, milliseconds: int = 100, cpu: int = 0, memory: int = 512, **calls: int) -> str:
    figures = {"Records": records, "Failed": 0, "Milliseconds": milliseconds, "CpuMilliseconds": cpu}
    told = {"message": "invocation", "figures": figures, "memory_mb": memory}
    units = {"write": "1.5", "read": "2"}
    return json.dumps(
        told | {"units": units, "calls": {name.replace("_", ":"): n for name, n in calls.items()}}
    )


def test_lines_of_invocations_add_up_and_others_count_their_bytes_alone() -> None:
    lines = [line(records=10, s3_PutObject=10), line(), '{"message":"done"}']
    use = use_of_logs(lines)
    assert (use.invocations, use.records, use.calls["s3:PutObject"]) == (2, 11, 10)
    assert (use.write_units, use.read_units) == (Decimal(3), Decimal(4))
    assert use.gb_milliseconds == 100
    assert use.log_bytes == sum(len(one) + 26 for one in lines)


def test_lambda_asks_its_queue_twice_for_ten_messages() -> None:
    assert [use_of_logs([line(records=n)]).polls for n in (1, 10, 11)] == [2, 2, 4]


def test_the_processors_time_is_drawn_out_to_the_share_that_memory_buys() -> None:
    whole, share = use_of_logs([line(cpu=60, memory=1769)]), use_of_logs([line(cpu=60, memory=512)])
    assert whole.cpu_gb_milliseconds == whole.gb_milliseconds
    expected = (100 + 60 * (Decimal(1769) / 512 - 1)) / 2
    assert abs(share.cpu_gb_milliseconds - expected) < Decimal("0.001")
    prices = read_prices()
    assert share.usd(prices, shared_cpu=True) > share.usd(prices)


def test_what_was_used_since_is_the_difference() -> None:
    before, after = use_of_logs([line(s3_PutObject=1)]), use_of_logs([line(s3_PutObject=1), line(sqs_Send=3)])
    since = after.less(before)
    assert (since.invocations, dict(since.calls), since.write_units) == (1, {"sqs:Send": 3}, Decimal("1.5"))
    assert after.less(after) == StageUse()


def test_a_million_objects_cost_their_price() -> None:
    use = StageUse()
    use.calls["s3:PutObject"] = 1_000_000
    assert use.usd(read_prices()) == Decimal(5)
