#include "battery.h"
void pages_compare(struct round *r, const struct oracle_view *v, bool whole, bool late)
{
    (void)r, (void)v, (void)whole, (void)late;
}
