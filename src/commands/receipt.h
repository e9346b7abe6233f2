/* receipt.h: what the rooms of `broadsheet receipt` share: receipt.c the verbs, receipt_form.c the
 * forms in which a receipt is given, receipt_keys.c the keys. */
#ifndef COMMANDS_RECEIPT_H
#define COMMANDS_RECEIPT_H

#include "commands.h"

/* j: the parsed payload of r; jws: its signed form. Nothing in them is believed: all is escaped. */
void receipt_text(struct buf *b, const struct json *j, const struct receipt *r);
void receipt_html(struct buf *b, const struct json *j, const struct receipt *r, struct span jws);
/* In which form a kept file is, and the signed form in it, which may be nothing of the kind. */
enum receipt_file { RECEIPT_IS_JWS, RECEIPT_IS_JSON, RECEIPT_IS_HTML };
enum receipt_file receipt_find(struct arena *a, struct span bytes, struct span *jws_out);
/* Does it say in clear what was signed, and no more, as this program writes it? */
bool receipt_says_so(struct arena *a, enum receipt_file kind, struct span bytes, struct span jws,
    const struct receipt *r, const struct json *j);
/* receipt_keys.c: print and answer an exit status. all: those of before too. */
int receipt_print_keys(struct house *h, bool all);
int receipt_rotate_key(struct house *h);
int receipt_fail(const char *what, const char *why, int code);

#endif
