/* json_words: private to press. What its writers of JSON share. */
#ifndef JSON_WORDS_H
#define JSON_WORDS_H

#include "clock.h"
#include "text.h"

/* A member only where there is text. */
static inline void json_words(struct json_out *o, const char *key, struct span text)
{
    if (text.n) json_string(o, key, text);
}

/* RFC 3339 in UTC. */
static inline void json_time(struct json_out *o, const char *key, int64_t ms)
{
    char text[25];
    utc_text(ms, text);
    json_string(o, key, span_of(text));
}

#endif
