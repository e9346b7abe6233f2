/* store_find.h: a part of store.h: what readers and programs look for in what is public (rank.c,
 * suggest.c, reader_pick.c). By a reader whose snapshot is open, as everything there. */
#ifndef STORE_FIND_H
#define STORE_FIND_H

/* Full-text search in public stories: words ANDed, "a phrase", prefix by *. Right for Devanagari,
 * Arabic (marks and forms folded, with or without the article) and CJK (bigrams); of English words
 * also the other number (record, records), in English stories alone. Of the newest STORE_SEARCH_MAX
 * matches. */
struct search_ask {
    struct span words;                     /* as typed */
    struct span section, agency, language; /* empty: any; language by its first part */
    int64_t from_ms, until_ms;             /* place on lists in [from, until); until 0: no end */
    bool newest;                           /* else by relevance and recency */
    bool plain;                            /* no pieces, and nothing is meant */
    size_t offset, n;
};
struct search_piece { /* of a text, in order; found: to be marked. Plain text, to be escaped */
    struct span text;
    bool found;
};
struct search_pieces {
    struct search_piece *list;
    size_t count; /* 0: nothing of it is to be shown */
    bool cut_before, cut_after;
};
struct search_hit {
    struct view *view;                      /* with its body */
    struct search_pieces headline, snippet; /* snippet: of the body, else of the abstract */
};
enum { SEARCH_LANGUAGES_MAX = 16 };
struct search_found {
    struct search_hit *list;
    size_t count, total;                         /* total: at most STORE_SEARCH_MAX */
    struct span languages[SEARCH_LANGUAGES_MAX]; /* that the matches are in, by first part */
    size_t language_count;
    struct span meant; /* nothing was found, but for this it would be; empty: no such words */
};
/* Everything lives in a. What is meant is in words of a story that is public now, as it writes
 * them: no other word is ever said. */
enum result reader_find(struct reader *r, const struct search_ask *ask, struct arena *a,
    struct search_found *out) CHECKED;
/* What somebody may be about to type: people, places, tags and authors with a word that begins so,
 * then headlines, of stories that are public now. At most max; strings live in a. */
struct search_suggestion {
    enum label_kind kind;   /* 0: a story */
    struct span name, slug; /* a label's; name: a story's headline */
    struct span path;       /* a story's */
    story_id id;            /* of a story that says it */
};
enum result reader_suggest(struct reader *r, struct span typed, struct arena *a,
    struct search_suggestion *out, size_t max, size_t *count_out) CHECKED;
/* reader_find, newest first, without marks and filters. total_out is capped at STORE_SEARCH_MAX. */
enum result reader_search(struct reader *r, struct span words, size_t offset, size_t n,
    struct arena *a, struct view **out, size_t *count_out, size_t *total_out) CHECKED;
/* ---- what programs ask (reader_pick.c) ---- */
/* Lists from any place on. section: as LIST_SECTION; tag: as the list of its kind; author: as
 * LIST_AUTHOR; at most one of them is there; else as LIST_NEWEST. Newest first by front_ms, then
 * id; by_publication: all public stories by published_ms, those of [since_ms, until_ms). Behind the
 * place (at_ms, at_id); INT64_MAX and STORY_ID_LAST: from the beginning. */
#define STORY_ID_LAST ((story_id)INT64_MAX)
struct pick_query {
    struct span section, tag, author;
    enum label_kind tag_kind; /* what the tag names: a person or a place; else a tag */
    bool by_publication;
    int64_t since_ms, until_ms, at_ms;
    story_id at_id;
    size_t offset, limit; /* limit <= STORE_LIST_MAX */
    bool with_body;
};
enum result reader_pick(struct reader *r, const struct pick_query *q, struct arena *a,
    struct view **out, size_t *count_out) CHECKED;
/* A story's number, for programs that want one: that of the post which was imported, else one that
 * follows from its id: 16 digits, below 2^53, exact as a double. It never changes. */
uint64_t story_number(story_id id); /* of one that was not imported */
enum result reader_number(struct reader *r, story_id id, uint64_t *out) CHECKED;
enum result reader_numbered(struct reader *r, uint64_t number, struct arena *a,
    struct view *out) CHECKED; /* ERR_ABSENT: no public story has it */
/* When the newest story of each `size` in LIST_INDEXABLE's order took its place or was corrected,
 * and how many parts there are; in a. */
enum result reader_shards(struct reader *r, size_t size, struct arena *a, int64_t **changed_ms_out,
    size_t *count_out) CHECKED;

/* The text that is indexed and searched, folded alike on both sides (utf8proc NFKC + case; Arabic
 * forms; CJK bigrams). Exposed for golden tests. */
struct span search_fold(struct arena *a, struct span text);

#endif
