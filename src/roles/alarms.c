/* alarms: the kinds of alarm, in one table: what they are called in the configuration's `quiet`, in
 * docs/operations.md and in messages. */
#include "courier.h"

enum { AN_HOUR = 60 * 60 * 1000, A_DAY = 24 * AN_HOUR };

/* What goes on and hurts now is told again each hour; what is slow, and known by then, each day. */
static const struct alarm_kind kinds[] = {
    {"kill", "the agency has killed a story", false},
    {"held", "a story is held for the desk", false},
    {"story", "a story needs an editor's eye", false},
    {"deadline", "a takedown's deadline has passed", false},
    {"grievance", "a complaint waits for the grievance officer", true, A_DAY},
    {"quarantine", "a delivery could not be read", false},
    {"act", "an editor's act was not understood", false},
    {"configuration", "the configuration that the ledger holds is not known whole", false},
    {"ledger", "the ledger is damaged", true},
    {"feed", "a feed is silent", true},
    {"gap", "numbered messages of a feed have not come", true, A_DAY},
    {"feed-clock", "a feed's clock is ahead of ours", true, A_DAY},
    {"disk", "the disk is nearly full", true, A_DAY},
    {"disk-full", "the disk is full: nothing new is taken", true},
    {"certificate", "the TLS certificate ends soon", true, A_DAY},
    {"certificate-urgent", "the TLS certificate ends within three days", true},
    {"clock", "the clock jumped: embargoes stay shut", true},
    {"clock-adrift", "nobody keeps the machine's clock right", true, A_DAY},
    {"second-yes", "a changed configuration waits for a second yes", true, A_DAY},
    {"restart", "a role ends again and again", true},
    {"overload", "more readers come than can be answered", true},
    {"rate", "a feed sends more than it should", true},
    {"outgoing", "something could not be sent", false},
    {"fetch", "a feed cannot be fetched", true},
    {"server-key", "the key of a feed's server has changed: nothing is taken from it", true},
    {"cdn", "a cache in front does not drop what was withdrawn", true},
    {"test", "a test: nothing has happened", false},
    {"other", "something needs attention", false},
};

const struct alarm_kind *alarm_kind(struct span name)
{
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (span_eq(name, span_of(kinds[i].name))) return &kinds[i];
    return &kinds[COUNT(kinds) - 1];
}

int64_t alarm_again_ms(const struct alarm_kind *k)
{
    return k->again_ms ? k->again_ms : AN_HOUR;
}
