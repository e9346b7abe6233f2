/* schema_grievance.c: the group `grievance`: the officer who hears complaints, and by when. */
#include "schema.h"

#define OF(member) offsetof(struct config, grievance.member)

static const struct key keys[] = {
    {"officer", TYPE_TEXT, OF(officer), .flags = KEY_EDITORIAL,
        .about = "The officer's name. Without it there is no page, no form and no case."},
    {"address", TYPE_TEXT, OF(address), .flags = KEY_EDITORIAL,
        .about = "Where the officer gets letters, in one line."},
    {"email", TYPE_TEXT, OF(email), .flags = KEY_EDITORIAL, .about = "Where mail is sent."},
    {"telephone", TYPE_TEXT, OF(telephone), .flags = KEY_EDITORIAL,
        .about = "Where to call, with the country's code."},
    {"body", TYPE_TEXT, OF(body), .flags = KEY_EDITORIAL,
        .about = "The self-regulating body that a complainant may turn to next."},
    {"body_url", TYPE_LINK, OF(body_url), .flags = KEY_EDITORIAL, .about = "Its page."},
    {"acknowledge_hours", TYPE_COUNT, OF(acknowledge_hours), .min = 1, .max = 720,
        .otherwise = "24", .flags = KEY_EDITORIAL,
        .about = "A complaint is acknowledged within so many hours."},
    {"answer_days", TYPE_COUNT, OF(answer_days), .min = 1, .max = 365, .otherwise = "15",
        .flags = KEY_EDITORIAL,
        .about = "And decided within so many days of 24 hours, counted from when it came."},
    {"acknowledge_alarm_hours", TYPE_COUNT, OF(acknowledge_alarm_hours), .max = 720,
        .otherwise = "4", .flags = KEY_EDITORIAL,
        .about = "The alarm `grievance` rings so long before the first deadline. 0: not before."},
    {"answer_alarm_hours", TYPE_COUNT, OF(answer_alarm_hours), .max = 8760, .otherwise = "48",
        .flags = KEY_EDITORIAL, .about = "And so long before the second. 0: not before."},
};
const struct group schema_grievance = {
    "The officer who hears complaints. See [grievances.md](grievances.md).", keys, COUNT(keys),
    .name_at = SIZE_MAX, .line_at = SIZE_MAX};
