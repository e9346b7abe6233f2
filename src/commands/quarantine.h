/* quarantine.h: what the files of `broadsheet quarantine` share. Private to the floor. */
#ifndef QUARANTINE_H
#define QUARANTINE_H

#include "commands.h"
#include "text.h"

/* What strangers wrote, for a terminal: control characters, marks that turn the direction of
 * writing, and bytes that are no UTF-8 are put as \x1B or \u{202E}. A line end too. */
void put_for_terminal(struct buf *b, struct span s);
/* The lines around a place, each behind its number and cut to what a terminal holds, with a caret
 * under the place. Lines and columns count from 1, columns characters; line 0, or one that is not
 * there: the first lines, without a caret. */
void put_place(struct buf *b, struct span text, uint32_t line, uint32_t column);
/* "NAME:LINE:COLUMN: why", safe; without a place "NAME: why". No line end. */
void put_unread(struct buf *b, const struct quarantined *q);

#endif
