/* store_grievance.h: a part of store.h: complaints to the grievance officer, how each stands
 * (grievance.c). Who complains, and in which words, is in no table here. */
#ifndef STORE_GRIEVANCE_H
#define STORE_GRIEVANCE_H

/* ---- the writer's side ---- */
enum { GRIEVANCES_COUNTED = 100000 }; /* of the newest, for the months' figures */
struct stored_grievance {
    story_id number; /* of the case: as ids of stories are, from a keyed hash */
    uint64_t pos;    /* of its event */
    story_id story;  /* that it is about; 0: of none */
    struct span key; /* hash of the secret in its link, in hex */
    int64_t received_ms;
    int64_t acknowledge_by_ms, answer_by_ms; /* by the configuration in force when it came */
    int64_t acknowledged_ms, forwarded_ms, decided_ms; /* 0: not */
    bool is_upheld;
    struct span wording; /* of the decision, for whoever complained */
};
enum result store_put_grievance(struct store *s, const struct stored_grievance *g) CHECKED;
enum result store_grievance(struct store *s, story_id number, struct arena *a,
    struct stored_grievance *out) CHECKED; /* ERR_ABSENT, also where it is damaged */
/* Those that are not decided, in order of their answers' deadlines. */
enum result store_grievances_open(
    struct store *s, struct arena *a, struct stored_grievance **out, size_t *count_out) CHECKED;

/* ---- by a reader whose snapshot is open ---- */
enum result reader_grievance(
    struct reader *r, story_id number, struct arena *a, struct stored_grievance *out) CHECKED;
/* What is open first, by its next deadline; then what was decided, newest first. */
enum result reader_grievances(struct reader *r, size_t offset, size_t n, struct arena *a,
    struct stored_grievance **out, size_t *count_out) CHECKED;
size_t reader_grievance_count(struct reader *r);
/* Those received since then, newest first, with their instants alone. */
enum result reader_grievances_since(struct reader *r, int64_t since_ms, struct arena *a,
    struct stored_grievance **out, size_t *count_out) CHECKED;

#endif
