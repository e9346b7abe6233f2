/* simulation: private to lab's simulate.c and acts.c. One run of the demonstration wire. */
#ifndef SIMULATION_H
#define SIMULATION_H

#include "wiredemo.h"

struct filed { /* of each story */
    int64_t first_ms;
    struct span path; /* of its page; empty: not public yet */
};
struct run {
    const struct simulation *s;
    const struct demo *demo;
    struct arena *a;
    struct house house;
    struct ledger *ledger; /* NULL: nothing is looked at */
    struct watch watch;
    struct span provider, base, stamp;
    struct civil today;
    struct filed *filed;
    struct map *pictures;
    int64_t start_us, start_ms;
    double scale; /* real time to the script's */
    int64_t *took_us;
    size_t took_count;
    const struct demo_act *waiting; /* filed during the pause */
    bool paused, failed;
    unsigned files;
    const char *last_file;
};

bool run_stopped(const struct run *r);
struct span run_clock_text(struct arena *a, int64_t ms); /* local: "12:03:05" */
/* One line of what was seen: "12:03:05  story       on the front page after   6.2 ms  Headline
 * URL". */
void run_tell(struct run *r, const char *word, struct span seen, const struct demo_act *act);
/* From the script's time to real time; an embargo ends on a whole second. */
int64_t run_real_ms(const struct run *r, int64_t script_ms);
int64_t run_embargo_ms(const struct run *r, int64_t until_ms);

/* ---- sending.c: files into the watched folder, whole or not at all ---- */
void send_picture(struct run *r, const struct demo_act *act); /* once each; before its story */
/* renamed_us_out: by clock_mono_us, right before the file could be seen. false: said why. */
bool send_story(struct run *r, const struct demo_act *act, int64_t *renamed_us_out);

/* ---- acts.c: does the act, looks at the site, tells what it saw ---- */
void run_act(struct run *r, const struct demo_act *act);
/* Where no site is looked at. */
void run_file_only(struct run *r, const struct demo_act *act);

#endif
