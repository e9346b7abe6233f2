/* desk_asked.h: what the files of `broadsheet desk` share. Private to the floor. */
#ifndef DESK_ASKED_H
#define DESK_ASKED_H

#include "commands.h"

enum { WORDS_MAX = 4 };

struct asked { /* the command line, read once */
    const char *data, *role, *password_file, *reason, *text, *picture, *reference, *requested_by,
        *deadline, *confirm, *page, *address, *publish;
    bool json, hold;
    const char *words[WORDS_MAX]; /* after the verb */
    size_t count;
    struct house house;
    struct accounts *accounts;
};

int desk_complain(const char *what); /* EX_USAGE */
int desk_failed(const char *what, enum result r);
struct span desk_word(const struct asked *q, size_t i); /* empty: not said */

/* ---- desk_accounts.c ---- */
int account_add(struct asked *q);
int account_password(struct asked *q);
int account_role(struct asked *q);
int account_remove(struct asked *q);
int account_list(struct asked *q);
int account_sessions(struct asked *q);
int account_end(struct asked *q);
int account_unlock(struct asked *q);
int token_add(struct asked *q);
int token_list(struct asked *q);
int token_remove(struct asked *q);
int show_audit(struct asked *q);

#endif
