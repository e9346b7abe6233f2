/* wiredemo: private to lab. The demonstration wire: stories and running order as demo/README.md
 * describes them, and what is made of them. */
#ifndef WIREDEMO_H
#define WIREDEMO_H

#include "lab.h"

enum { DEMO_LENGTH_MS = 175000 };

struct demo_picture {
    struct span file, caption, credit, alt; /* file empty: none */
};
struct demo_version { /* whole: what a version leaves out is that of the one before */
    uint32_t number, urgency;
    struct span headline, slugline, byline, dateline, abstract, credits, body, note;
    const struct yaml *subjects, *keywords, *places; /* lists of texts */
    struct demo_picture picture;
};
struct demo_story {
    struct span id, language, section;
    bool is_g2; /* filed as NewsML-G2; else ninjs */
    struct demo_version *versions;
    size_t version_count, version_cap;
};
enum demo_verb {
    DEMO_FILE,
    DEMO_FLASH,
    DEMO_UPDATE,
    DEMO_CORRECT,
    DEMO_REFILE,
    DEMO_EMBARGO,
    DEMO_LIFT_EMBARGO,
    DEMO_WITHHOLD,
    DEMO_LIFT,
    DEMO_KILL,
    DEMO_PAUSE,
    DEMO_RESUME,
    DEMO_VERBS,
};
struct demo_act {
    int64_t at_ms, until_ms; /* after the start */
    enum demo_verb verb;
    const struct demo_story *story; /* NULL: pause, resume */
    uint32_t version;
    struct span scope, note, say;
};
struct demo {
    const char *folder; /* holds stories/, pictures/, script.yaml */
    struct demo_story *stories;
    size_t story_count, story_cap;
    struct demo_act *acts;
    size_t act_count, act_cap;
    int64_t length_ms;
};
/* Reads the folder. false: why_out is "stories/x.yaml:3:1: …". Everything lives in a. */
bool demo_load(struct arena *a, const char *folder, struct demo *out, struct span *why_out);
/* The version of that number; where the file has none (a kill), the last before it. */
const struct demo_version *demo_version_of(const struct demo_story *s, uint32_t number);
const char *demo_verb_name(enum demo_verb v);

/* ---- one sending ---- */
struct filing {
    const struct demo_story *story;
    uint32_t version;
    enum demo_verb verb;
    struct span run;    /* parts this demonstration's guids from those of another */
    struct span note;   /* to editors; empty: the version's own */
    int64_t now_ms;     /* of this version */
    int64_t first_ms;   /* of version 1 */
    int64_t embargo_ms; /* 0: none */
    struct civil today; /* the day that the placeholders name */
};
struct span filing_guid(struct arena *a, const struct filing *f);
struct story *filing_story(struct arena *a, const struct filing *f);
struct span filing_bytes(struct arena *a, const struct filing *f, const struct story *s);
/* A version's text with its placeholders filled. */
struct span filing_text(struct arena *a, const struct filing *f, struct span text);

/* ---- looking at the site (watch.c) ---- */
enum { WATCH_TIMEOUT_MS = 5000 };
struct watch {
    struct arena *a; /* of one look: the answer lives there until the next */
    struct span address;
    struct http_client *client;
    const volatile int *stop; /* may be NULL */
};
bool watch_get(struct watch *w, struct span path, struct http_answer *out); /* false: nobody */
void watch_close(struct watch *w);
/* What is waited for on a path: a status (0: 200) and words (empty: any). */
struct sight {
    struct span path;
    int status;
    struct span words;
};
/* Looks without a pause of more than a millisecond. seen_us_out: when the answer had come, by
 * clock_mono_us. false: not within WATCH_TIMEOUT_MS, or stopped. */
bool watch_until(struct watch *w, const struct sight *s, int64_t *seen_us_out);
/* After a kill: asks every URL that could show it, prints what they answer. false: one shows it. */
bool watch_gone(struct watch *w, const struct probe_ask *ask);

/* ---- the simulation ---- */
struct simulation {
    const struct demo *demo;
    const char *folder;  /* watched by the site */
    const char *address; /* of the site, as http_client_open takes it; NULL: nothing is looked at */
    const char *data;    /* its data directory; with the address or not at all */
    int64_t length_ms;   /* of the whole; 0: the script's own */
    const volatile int *stop; /* set by a signal */
};
/* Runs the script, one line an act on standard output. false: something was not as it must be. */
bool simulation_run(const struct simulation *s);

/* ---- demo_desk.c ---- */
bool demo_desk_address(struct arena *a, char out[128]);
bool demo_desk_account(struct arena *a, const char *data, char password[16]);

#endif
