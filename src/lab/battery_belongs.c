/* battery_belongs: which of the oracle's pages must stand in which list; for tables and bytes
 * alike. Pure. */
#include "battery.h"

bool belongs_any(const struct oracle_page *p, int of)
{
    (void)of;
    return p->status == 200;
}

bool belongs_front(const struct oracle_page *p, int of)
{
    (void)of;
    return p->status == 200 && p->on_fronts;
}

bool belongs_section(const struct oracle_page *p, int of)
{
    return p->status == 200 && p->on_fronts && p->section == of;
}

bool belongs_revision(const struct oracle_page *p, int of)
{
    return p->status == 200 && p->revision == of;
}

bool belongs_correction(const struct oracle_page *p, int of)
{
    (void)of;
    return p->status == 200 && p->corrects;
}

bool belongs_none(const struct oracle_page *p, int of)
{
    (void)p, (void)of;
    return false;
}
