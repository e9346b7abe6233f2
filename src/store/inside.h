/* inside: what the files of this floor share: the writer's handle, the schema, the statements.
 * Private to the floor. */
#ifndef STORE_INSIDE_H
#define STORE_INSIDE_H

#include "db.h"
#include "folder.h"
#include "store.h"

enum {
    /* One public call: the largest story unpacked, packed, folded, with much room. */
    STORE_SCRATCH_MAX = 256 << 20,
    /* One unpacked blob: a packed story (8 MB) or a body, escaped, with room. */
    STORE_ROW_MAX = 32 << 20,
    STORE_WAL_LAZY_PAGES = 1000, /* above: copied into the file when idle */
    STORE_WAL_MAX_PAGES = 16000, /* above: copied at once, 64 MB */
    DAY_MS = 86400000,
};

/* ---- schema.c ---- */
enum { STORE_APPLICATION_ID = 0x42534854 };
enum { SCHEMA_PARTS = 6 };
extern const char *const schema_of[2][SCHEMA_PARTS]; /* by enum folder_file: tables, views */

/* A table whose rows carry a sum: the columns that it covers, in order. store_check walks these. */
struct summed_table {
    enum folder_file file;
    const char *table, *columns;
    const char *story; /* SQL: of which story a row is; NULL: of none */
};
extern const struct summed_table summed_tables[];
extern const size_t summed_table_count;

/* Members of members looked at for one that is public (P5): twice what the largest package may
 * hold. */
#define MEMBERS_WALKED "1000"

#define STORY_HEAD                                                                                 \
    "id,from_ms,until_ms,due_ms,front_ms,published_ms,corrected_ms,lead_ms,day_ms,section,feed,"   \
    "on_fronts,noindex,nonews,needs_member,pinned_ms,territory,view"
#define BODY_COLUMNS "story,body"
#define LABEL_COLUMNS "kind,slug,front_ms,id,story,name"
#define GONE_COLUMNS                                                                               \
    "id,state,since_ms,published_ms,merged_into,path,agency,by,as_404,wire_ms,wording"
#define OLD_COLUMNS "address,story,target,gone,pos,by_hand"
#define GRIEVANCE_COLUMNS                                                                          \
    "number,pos,story,key,received_ms,acknowledge_by_ms,answer_by_ms,acknowledged_ms,"             \
    "forwarded_ms,decided_ms,is_upheld,wording"
#define PICTURE_COLUMNS "hash,width,height,forms"
#define SHOWN_COLUMNS "hash,story,from_ms,until_ms,item"
#define MEMBER_COLUMNS "story,page"
#define TWIN_COLUMNS "story,page"
#define POPULAR_COLUMNS "id,score,at_ms"
#define DOC_COLUMNS "doc,id,language,words"
#define VERSION_COLUMNS "pos,number,item,page,feed,packed,link_key,received_ms,is_kill,mark"
#define ARRIVAL_COLUMNS "pos,number,feed,item,page,at_ms,is_new,is_rewrite,mark,content,nth"
#define GUID_COLUMNS "guid,provider,item"
#define NOTICE_COLUMNS "name,kind,guid,at_ms,pos"
#define HIT_COLUMNS "item,name,kind"
#define ACT_COLUMNS "pos,page,json,at_ms"
#define READ_COLUMNS "pages,beacons,t0,t1,t2,t3,t4,t5"
#define READ_SUMS "sum(pages),sum(beacons),sum(t0),sum(t1),sum(t2),sum(t3),sum(t4),sum(t5)"
#define MINT_COLUMNS "page,pos,slug,date_ms,from_ms"
#define COMMENT_COLUMNS                                                                            \
    "pos,page,id,name,text,at_ms,parent,changed_pos,changed_ms,taken_back,score,taught,waits"
#define REPORT_COLUMNS "pos,page,id,why,at_ms"
#define SPAM_COLUMNS "word,good,bad"
#define PREVIEW_COLUMNS "page,view"
#define HELD_COLUMNS "page,guid,headline,feed,why,since_ms,from_ms"
#define QUARANTINE_COLUMNS "pos,number,name,feed,why,line,col,told"
#define ALARM_COLUMNS "pos,kind,text,at_ms"
#define FILE_COLUMNS "feed,name,hash,pos"
#define OUT_COLUMNS "key,kind,page,body,at_ms,due_ms,seq,told"
#define TEXT_COLUMNS "name,value"

/* ---- statements.c: the writer's, by number ---- */
enum site_sql {
    SITE_POSITION,
    SITE_SET_POSITION,
    SITE_STORY_ROW,
    SITE_STORY_PUT,
    SITE_STORY_CHANGE,
    SITE_STORY_DROP,
    SITE_STORY_HEAD,
    SITE_BODY_PUT,
    SITE_BODY_DROP,
    SITE_LABEL_PUT,
    SITE_LABELS_DROP,
    SITE_LABELS_OF,
    SITE_SHOWN_PUT,
    SITE_SHOWN_DROP,
    SITE_MEMBER_PUT,
    SITE_MEMBERS_DROP,
    SITE_TWIN_PUT,
    SITE_TWINS_DROP,
    SITE_GONE_PUT,
    SITE_GONE,
    SITE_GONE_DROP,
    SITE_OLD_PUT,
    SITE_OLD_OF,
    SITE_GRIEVANCE_PUT,
    SITE_GRIEVANCE,
    SITE_GRIEVANCES_OPEN,
    SITE_AHEAD_LABEL,
    SITE_AHEAD_SECTION,
    SITE_AHEAD_CORRECTED,
    SITE_AHEAD_ALL,
    SITE_AHEAD_DAY,
    SITE_NEWEST_LABEL,
    SITE_NEWEST_SECTION,
    SITE_PICTURE_PUT,
    SITE_PICTURE,
    SITE_PICTURE_ELSEWHERE,
    SITE_POPULAR,
    SITE_POPULAR_PUT,
    SITE_NEXT_FROM,
    SITE_NEXT_UNTIL,
    SITE_NEXT_DUE,
    SITE_DUE,
    SITE_QUEUE_PUT,
    SITE_QUEUE_DUE,
    SITE_QUEUE_DROP,
    SITE_INDEX_SOURCE,
    SITE_DOC_OF,
    SITE_DOC_AT,
    SITE_DOC_PUT,
    SITE_DOC_DROP,
    SITE_WORDS_PUT,
    SITE_WORDS_DROP,
    SITE_HEADS_PUT,
    SITE_HEADS_DROP,
    SITE_MERGE,
    SITE_MERGE_HEADS,
    SITE_NOTE,
    SITE_SET_NOTE,
    SITE_STATEMENTS,
};
enum desk_sql {
    DESK_POSITION,
    DESK_SET_POSITION,
    DESK_VERSION_PUT,
    DESK_ARRIVAL_PUT,
    DESK_ARRIVAL_KNOWN,
    DESK_ARRIVAL_FIRST,
    DESK_ARRIVAL_STORIES,
    DESK_ARRIVAL_UPDATES,
    DESK_ARRIVAL_REWRITTEN,
    DESK_ARRIVAL_MARKED,
    DESK_RHYTHM_NOTE,
    DESK_RHYTHM_FORGET,
    DESK_RHYTHM_BETWEEN,
    DESK_RHYTHM_ENDS,
    DESK_RHYTHM_FEEDS,
    DESK_RHYTHM_UNREAD,
    DESK_READ_ADD,
    DESK_READ_FORGET,
    DESK_READ_ROWS,
    DESK_READ_MOST,
    DESK_READ_ALL,
    DESK_FROM_ADD,
    DESK_FROM_FORGET,
    DESK_FROM_ROWS,
    DESK_FROM_MOST,
    DESK_NUMBER_PUT,
    DESK_NUMBER_FORGET,
    DESK_NUMBER_BELOW,
    DESK_NUMBER_COUNT,
    DESK_GAP_PUT,
    DESK_GAP_FORGET,
    DESK_GAP_AROUND,
    DESK_GAPS,
    DESK_NUMBERS,
    DESK_AHEAD_PUT,
    DESK_AHEAD_FORGET,
    DESK_AHEAD_MIDDLE,
    DESK_AHEAD_COUNT,
    DESK_VERSIONS,
    DESK_VERSIONS_BEHIND,
    DESK_VERSION_COUNT,
    DESK_SHARES,
    DESK_PAGES_BETWEEN,
    DESK_ITEM_PUT,
    DESK_PAGE_OF,
    DESK_PAGES,
    DESK_JOIN_ITEMS,
    DESK_JOIN_VERSIONS,
    DESK_JOIN_ACTS,
    DESK_JOIN_ARRIVALS,
    DESK_LINKED,
    DESK_POINT_PUT,
    DESK_POINTING,
    DESK_PAGES_NAMING,
    DESK_PAGES_NAMED,
    DESK_GUID_PUT,
    DESK_GUID_ITEMS,
    DESK_GUID_OF,
    DESK_NEAR_PUT,
    DESK_NEAR,
    DESK_ALIKE_PUT,
    DESK_ALIKE,
    DESK_ALIKE_DROP,
    DESK_NAME_PUT,
    DESK_NAMES_DROP,
    DESK_NAMED,
    DESK_NAMES_RECENT,
    DESK_NOTICE_PUT,
    DESK_NOTICE_KNOWN,
    DESK_WAITING_PUT,
    DESK_WAITING,
    DESK_HIT_PUT,
    DESK_HITS,
    DESK_HIT_COUNT,
    DESK_ACT_PUT,
    DESK_ACTS,
    DESK_ACT_OF_NONE,
    DESK_ACTS_NAMED,
    DESK_MINT_PUT,
    DESK_MINT,
    DESK_MINTS,
    DESK_COMMENT_PUT,
    DESK_COMMENTS,
    DESK_COMMENTS_LAST,
    DESK_COMMENTS_WAITING,
    DESK_COMMENTS_BY,
    DESK_COMMENT_WAITS,
    DESK_COMMENT_DROP,
    DESK_JOIN_COMMENTS,
    DESK_REPORT_PUT,
    DESK_REPORTS,
    DESK_REPORTS_DROP,
    DESK_JOIN_REPORTS,
    DESK_SPAM_WORD,
    DESK_SPAM_TEACH,
    DESK_PREVIEW_PUT,
    DESK_PREVIEW_DROP,
    DESK_PREVIEW,
    DESK_HELD_PUT,
    DESK_HELD_DROP,
    DESK_HELD_ALL,
    DESK_QUARANTINE_PUT,
    DESK_QUARANTINE_ALL,
    DESK_QUARANTINE_OF,
    DESK_QUARANTINE_DROP,
    DESK_QUARANTINE_UNTOLD,
    DESK_QUARANTINE_TELL,
    DESK_ALARM_PUT,
    DESK_ALARMS,
    DESK_ALARM_DROP,
    DESK_FILE_PUT,
    DESK_FILE,
    DESK_FILE_ELSEWHERE,
    DESK_WANT_PUT,
    DESK_WANTING,
    DESK_WANTED,
    DESK_OUT_PUT,
    DESK_OUTS,
    DESK_OUTS_URGENT,
    DESK_OUT_NEXT,
    DESK_OUT_OF,
    DESK_OUTS_OF,
    DESK_OUT_TOLD,
    DESK_OUT_DROP,
    DESK_OUT_DROP_PUSHES,
    DESK_TEXT_PUT,
    DESK_TEXT,
    DESK_STATEMENTS,
};
extern const char *const site_statements[SITE_STATEMENTS];
extern const char *const desk_statements[DESK_STATEMENTS];

/* ---- store.c ---- */
struct store {
    struct db site, desk;
    char folder[PATH_MAX];
    uint64_t generation, position;
    int lock;
    bool fresh;            /* not in force yet */
    struct arena *scratch; /* emptied at the start of each public call that uses it */
    size_t touched_count;
    uint64_t touched_bits[KEY_SLOTS / 64];
    uint32_t touched[KEY_SLOTS];
};
struct arena *store_scratch(struct store *s);
/* ERR_NEWER, ERR_CORRUPT: why_out says so. */
enum result store_check_version(struct db *d, const char **why_out) CHECKED;
/* One file's half of a commit. */
enum result store_commit_file(struct db *d, int set_position, uint64_t position) CHECKED;
void store_touch(struct store *s, const char *kind, struct span name);

/* ---- reader.c, reader_pick.c ---- */
enum pick_from { PICK_ALL, PICK_PUBLISHED, PICK_SECTION, PICK_LABEL, PICK_FROMS };
enum reader_sql {
    READ_POSITION,
    READ_STORY,
    READ_THERE,
    READ_GONE,
    READ_OLD,
    READ_GRIEVANCE,
    READ_GRIEVANCES,
    READ_GRIEVANCE_COUNT,
    READ_GRIEVANCES_SINCE,
    READ_WITHDRAWN,
    READ_LEFT,
    READ_MERGED,
    READ_NAME,
    READ_DAY,
    READ_NEXT_FROM,
    READ_NEXT_UNTIL,
    READ_NEXT_DUE,
    READ_NEXT_LEFT,
    READ_PICTURE,
    READ_MATCHES,
    READ_RANKED,
    READ_HEADS,
    READ_TERMS,
    READ_HEAD_TERMS,
    READ_RELATED,
    READ_NUMBERED,
    READ_OLD_NUMBER,
    READ_SHARDS,
    READ_PICK,                          /* and one for each enum pick_from */
    READ_LIST = READ_PICK + PICK_FROMS, /* and one for each enum list_kind */
    READ_COUNT = READ_LIST + LIST_KINDS,
    READ_STATEMENTS = READ_COUNT + LIST_KINDS,
};
extern const char *const reader_statements[READ_STATEMENTS];
struct reader {
    struct db db;
    struct words_cutter *cutter; /* fts.c; of db */
    char folder[PATH_MAX];
    uint64_t stamp; /* of the generation that is open */
    struct reader_hooks hooks;
    int64_t now_ms;
    struct reader_place place;
    bool placed;     /* a row of this snapshot asked for the place */
    story_id missed; /* the story last asked for: it is not public, whatever the place */
    uint64_t position;
    bool begun;
};
/* The view in a row whose first columns are id, view, head_ok, body; false: damaged, not to be
 * served. */
bool read_view(
    const struct reader *r, sqlite3_stmt *q, bool with_body, struct arena *a, struct view *out);

/* ---- public.c, shared with the readers: a view cut into what lists need and the rest ---- */
struct span pack_head(struct arena *a, const struct view *v);
struct span pack_body(struct arena *a, const struct view *v);
struct view *unpack_head(struct arena *a, struct span blob);
bool unpack_body(struct arena *a, struct span blob, struct view *v);

/* ---- fold.c and query.c ---- */
/* Appends text folded. asking: as a question; true: its last letter is a lone CJK one, to be asked
 * for as a prefix. */
bool fold_put(struct buf *b, struct arena *a, struct span text, bool asking);
bool fold_is_cjk(uint32_t c); /* searched by pairs of letters */
bool fold_is_gap(uint32_t c); /* no part of a word */

/* Columns of the full-text table: what is said where weighs differently. The last one holds what a
 * search is narrowed by: one token for the section, the agency, the language. */
enum {
    COLUMN_TITLE,
    COLUMN_LEAD,
    COLUMN_NAMES,
    HEAD_COLUMNS,
    COLUMN_WORDS = HEAD_COLUMNS,
    COLUMN_MARKS,
    SEARCH_COLUMNS
};
enum { FORMS_MAX = 4, QUERY_WORDS_MAX = 12 };
struct query_form {
    struct span text; /* a word or phrase, without case */
    bool starts;      /* words that begin so */
    bool in_english;  /* counts in English stories alone */
};
struct query_word { /* one of its forms must be there */
    bool quoted;
    struct query_form forms[FORMS_MAX];
    size_t form_count;
};
struct query {
    struct query_word words[QUERY_WORDS_MAX];
    size_t count;
};
/* What a reader typed. as_typing: the last word is not finished. */
void query_parse(struct arena *a, struct span typed, bool as_typing, struct query *out);
/* As an FTS5 expression: all words, in the given column (of the heads) or (SEARCH_COLUMNS) in any,
 * and what the search is narrowed to (NULL: nothing); empty: nothing to look for. */
struct span query_expression(
    struct arena *a, const struct query *q, int column, const struct search_ask *narrowed);
/* Any of these words, in any column. */
struct span query_any(struct arena *a, const struct span *words, size_t n);
/* The tokens under which a story is indexed for narrowing. */
struct span query_marks(
    struct arena *a, struct span section, struct span agency, struct span language);
struct span first_part(struct span language); /* "en-GB": "en" */

/* index.c: no document of that second has a lower number; one that is newer, has. */
int64_t doc_of_instant(int64_t front_ms);

/* ---- fts.c: FTS5's tokenizer, and the weight of a match ---- */
struct words_cutter;
/* Before the authorizer stands. Registers bs_rank; NULL: there is no FTS5. */
struct words_cutter *words_cutter_open(sqlite3 *h);
void words_cutter_close(struct words_cutter *c);
/* A folded word as the index has it (accents fall); empty: it is none. Lives in a. */
struct span words_cut(struct words_cutter *c, struct arena *a, struct span folded);

/* ---- snippet.c ---- */
struct matcher;
struct matcher *matcher_new(struct arena *a, struct words_cutter *c, const struct query *q);
/* Where the words stand in a text: all of it, marked; and the part of it that says most of them. */
struct search_pieces matcher_whole(struct matcher *m, struct span text, bool is_english);
struct search_pieces matcher_best(struct matcher *m, struct span text, bool is_english);
/* Which of the query's words stand in it, as bits. */
uint32_t matcher_has(struct matcher *m, struct span text, bool is_english);
/* The first place of any of them, as the text writes it; empty: none. */
struct span matcher_first(struct matcher *m, struct span text);

/* ---- meant.c ---- */
/* The question with what is misspelt put right, in words of public stories; empty: it has nothing
 * that is, or a word that nothing helps. Whether all of it is found together is not asked. */
enum result find_meant(
    struct reader *r, const struct query *q, struct arena *a, struct span *out) CHECKED;

#endif
