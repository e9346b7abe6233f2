/* table: the verbs for rehearsing and measuring. */
#include "lab.h"

const struct command lab_commands[] = {
    {"battery", command_battery,
        "[--layer tables|press|http] [--schedules N] [--seed S] [--minutes M] [--jobs N]"
        " [--to DIR] [--first] [--replay FILE]",
        "play random days of a wire against an oracle that knows what must be public"},
    {"demo", command_demo,
        "[--stories DIR] [--listen ADDR] [--length SECONDS] [--once] [--theme DIR]",
        "a site with a demonstration wire: stories, updates, an embargo, a kill, all live"},
    {"rehearse", command_rehearse,
        "[--config SITE] [--http] [--format human|tap|json] [--jobs N] [--keep] PATH...",
        "play scenarios against a site with a virtual clock, and check every surface"},
    {"simulate", command_simulate,
        "--stories DIR --to FOLDER [--site ADDR --data DIR] [--speed X | --length SECONDS]",
        "file the demonstration's stories into a watched folder, and time what the site shows"},
};
const size_t lab_command_count = COUNT(lab_commands);
