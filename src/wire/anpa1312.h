/* anpa1312: what the files of the ANPA 1312 reader share. Private to wire. */
#ifndef WIRE_ANPA1312_H
#define WIRE_ANPA1312_H

#include "copy.h"

struct anpa {
    struct arena *a;
    struct story *s;
    const struct message *m;
    struct buf body;          /* markup */
    struct span keyword, key; /* of the header: "BC-LT--Argentina-CancerB", "1stLd-Writethru" */
    struct span slug; /* the same in full, from the text: "BC-LT--Argentina-Cancer Beauty" */
};
/* The text between STX and ETX: its marked lines and its paragraphs, tables. */
void anpa_read_text(struct anpa *g);
bool anpa_is_advance(
    struct arena *a, struct span line); /* "$adv25", "Adv 25", "For release …": sent ahead */
/* "AP-WF-08-29-16 1626GMT" (AP: month first), "KWS-21:37-09-12-18" (Kyodo: day first). */
struct when anpa_time(struct span line);

#endif
