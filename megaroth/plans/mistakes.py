"""
What goes wrong in practice, as strategies to be shown beside the right way: each is prompt with one thing done wrong.

Each is run like any other strategy, with the same take-home dollars; what it pays more in tax, or holds in the wrong
place, is its difference to prompt.
"""

from megaroth.plans.strategies import Strategy


def overfilled(by: float = 0.1) -> Strategy:
    """
    The first year's after-tax money passes what fits by a share of it, and the plan finds out in March.

    What is too much, with its earnings, goes back to the participant; the earnings are income of the year in which they
    are paid, no rollover can take them, and what was rolled over already has to come out of Roth again. No additional
    tax.

    What fits is what the client elects; for who fills the room, the room.

    Args: by, a fraction of what fits.
    Source: 26 U.S.C. 415(c); Rev. Proc. 2021-30, sections 6.06(2) and 6.02(5); 402(c)(4).
    """
    return Strategy(
        "overfilled", "Room overfilled, found in March", "供款超过空间，次年三月发现", overfilled_by=by
    )


def acp_refund(share: float = 0.5) -> Strategy:
    """
    After the ACP test a share of each year's after-tax money goes back, though it was rolled over promptly.

    Money that is paid back to correct the test was never eligible for rollover, so the conversion is unwound: it leaves
    Roth with what it earned since. The earnings are income of the year of the refund, without the additional tax; the
    room of the year is used up all the same.

    Args: share, of each year's after-tax money.
    Source: 26 U.S.C. 401(m)(6), 402(c)(4), 4979; Reg. 1.401(m)-2(b)(2), 1.402(c)-2 Q&A-4.
    """
    return Strategy(
        "acp_refund", "ACP refund of converted money", "已转换的钱因 ACP 测试退回", refund_share=share
    )


# The election form names the whole 401(k) where it should name the after-tax source: the first transfer takes all of
# the pre-tax account along, and every dollar of that is income of the year. An in-plan rollover cannot be taken back
# since 2018. Source: 26 U.S.C. 402A(c)(4), 408A(d)(6)(B)(iii).
WRONG_SOURCE = Strategy(
    "wrong_source", "Whole 401(k) converted by mistake", "误把整个 401(k) 转换", pre_tax="all"
)
# The plan keeps no separate account of after-tax money, so each transfer is of the whole plan, pro rata: a transfer as
# large as the after-tax money takes its share of pre-tax money along, which is income, and leaves as much basis behind.
# A refund of the plan is left out beside this mistake. Source: 26 U.S.C. 72(e)(8) without 72(d)(2); Notice 87-13 Q&A-14.
NO_SEPARATE_ACCOUNT = Strategy(
    "no_separate_account",
    "No separate after-tax account",
    "税后供款未单独核算",
    pre_tax="share",
    refund_share=0.0,
)
MISTAKES = (WRONG_SOURCE, NO_SEPARATE_ACCOUNT, overfilled(), acp_refund())
