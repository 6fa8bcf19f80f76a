"""What people type after /emailstats or say to the app, and the command that asks a query again. Pure.

    [SECTION] NAME [first 24h|7 days] [since DAY] [from DAY to DAY] [by hour|day|week] [list:NAME] [option:VALUE]
    compare NAME vs NAME
    overview [last 30 days|last month|all time] [campaign:NAME] [team:NAME] [type:NAME] [words of a name]

A name of several words needs no quotes unless its words could be read as options. Periods are understood in English and
in Dutch; commands are printed in English, with days as dates.
"""

from bot.grammar.asking import OTHER_COMMANDS, like_a_word, parse, split
from bot.grammar.following import follow, turned
from bot.grammar.printing import to_command, to_commands
from bot.grammar.words import COMMAND, Misread, spoken, typed

__all__ = [
    "COMMAND",
    "OTHER_COMMANDS",
    "Misread",
    "follow",
    "like_a_word",
    "parse",
    "split",
    "spoken",
    "to_command",
    "to_commands",
    "turned",
    "typed",
]
