/* schema: the tables of both files, as data. A change of anything here raises STORE_VERSION: the
 * answer to an old file is a rebuild.
 * site.db holds what is or will be public. Readers may read its base tables only inside the views
 * (reader.c's authorizer); the unary plus keeps SQLite from walking an index of instants where a
 * list has its own order. desk.db holds every version as read and the desk's lists; the public web
 * never opens it. */
#include "inside.h"

/* The place is asked of what is public somewhere alone, and in this order (CASE is lazy, AND is
 * not): whether a page differs from country to country must not tell of what is held. */
#define IS_HERE(s)                                                                                 \
    "CASE WHEN " s ".territory='' THEN 1 WHEN " s ".from_ms>bs_now() OR " s ".until_ms<=bs_now()"  \
    " OR bs_dead(" s ".id) THEN 0 ELSE bs_here(" s ".territory) END"
#define IS_SHOWN(s)                                                                                \
    "+" s ".from_ms<=bs_now() AND +" s ".until_ms>bs_now() AND NOT bs_dead(" s ".id)"              \
    " AND " IS_HERE(s)
/* A package without a text of its own is public while one of its members is, or one of a package in
 * it. Asked at read time, like everything that depends on an instant; it ends at a bounded number
 * of members, whatever circles they form (P5). */
#define HAS_MEMBER                                                                                 \
    "EXISTS(WITH RECURSIVE public_within(id) AS (SELECT s.id UNION"                                \
    " SELECT m.page FROM public_within w CROSS JOIN story p ON p.id=w.id AND p.needs_member=1 "    \
    "AND " IS_SHOWN("p") " CROSS JOIN member m ON m.story=p.row AND m.sum=bs_sum(m.story,m.page) " \
                         "LIMIT " MEMBERS_WALKED ")"                                               \
                         " SELECT 1 FROM public_within w CROSS JOIN story t ON t.id=w.id AND "     \
                         "t.needs_member=0 AND " IS_SHOWN("t") ")"
#define IS_PUBLIC IS_SHOWN("s") " AND (s.needs_member=0 OR " HAS_MEMBER ")"
#define STORY_AND_BODY                                                                             \
    "s.*,s.sum=bs_sum(s.id,s.from_ms,s.until_ms,s.due_ms,s.front_ms,s.published_ms,s.corrected_"   \
    "ms,"                                                                                          \
    "s.lead_ms,"                                                                                   \
    "s.day_ms,s.section,s.feed,s.on_fronts,s.noindex,s.nonews,s.needs_member,s.pinned_ms,"         \
    "s.territory,s.view) "                                                                         \
    "AS head_ok,"                                                                                  \
    "(SELECT b.body FROM body b WHERE b.story=s.row AND b.sum=bs_sum(b.story,b.body)) AS body"

/* V8: it tells the same news as a story that was published before it, and that is public at this
 * instant: lists show that one. Of a pair the same one on every node; a chain of pairs ends at one
 * that is shown. To be closed by what more must hold of that story. */
#define IS_FIRST                                                                                   \
    IS_SHOWN("o")                                                                                  \
    " AND (o.published_ms<s.published_ms OR (o.published_ms=s.published_ms AND o.id<s.id))"
#define STANDS_BEHIND                                                                              \
    "EXISTS(SELECT 1 FROM twin w CROSS JOIN story o ON o.id=w.page WHERE w.story=s.row"            \
    " AND w.sum=bs_sum(w.story,w.page) AND o.needs_member=0 AND " IS_FIRST

/* heads is a twelfth of the size of search: what is asked at each letter that is typed, and for
 * each word that is misspelt, is asked there. */
#define WITHOUT_COPIES                                                                             \
    "content='', columnsize=0,"                                                                    \
    " tokenize=\"unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'\""

static const char site_tables[] =
    "CREATE TABLE note(name TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID;"
    "INSERT INTO note VALUES('position',0),('purge',0),('purged_ms',0);"

    "CREATE TABLE story(row INTEGER PRIMARY KEY, id INTEGER NOT NULL UNIQUE,"
    " from_ms INTEGER, until_ms INTEGER, due_ms INTEGER, front_ms INTEGER, published_ms INTEGER,"
    " corrected_ms INTEGER, lead_ms INTEGER, day_ms INTEGER, section TEXT, feed TEXT,"
    " on_fronts INTEGER, noindex INTEGER, nonews INTEGER, needs_member INTEGER, pinned_ms INTEGER,"
    " territory TEXT NOT NULL, view BLOB,"
    " sum INTEGER);"
    "CREATE INDEX story_newest ON story(front_ms,id,from_ms,until_ms,needs_member,territory);"
    "CREATE INDEX story_front ON story(front_ms,id,from_ms,until_ms,on_fronts,needs_member,"
    "published_ms,territory)"
    " WHERE on_fronts=1;"
    "CREATE INDEX story_section ON story(section,front_ms,id,from_ms,until_ms,on_fronts,"
    "needs_member,published_ms,territory)"
    " WHERE on_fronts=1;"
    "CREATE INDEX story_published ON story(published_ms,id,from_ms,until_ms,noindex,nonews,"
    "needs_member,territory);"
    "CREATE INDEX story_corrected ON story(corrected_ms,id,from_ms,until_ms,needs_member,territory)"
    " WHERE corrected_ms>0;"
    "CREATE INDEX story_lead ON story(lead_ms,id,from_ms,until_ms,needs_member,territory)"
    " WHERE lead_ms>0;"
    "CREATE INDEX story_pinned ON story(pinned_ms,id) WHERE pinned_ms>0;"
    "CREATE INDEX story_day ON story(day_ms,id,from_ms,until_ms,needs_member,territory);"
    "CREATE INDEX story_from ON story(from_ms);"
    "CREATE INDEX story_until ON story(until_ms) WHERE until_ms<9223372036854775807;"
    "CREATE INDEX story_due ON story(due_ms) WHERE due_ms<until_ms;"
    "CREATE TABLE body(story INTEGER PRIMARY KEY, body BLOB, sum INTEGER);"

    "CREATE TABLE label(kind INTEGER, slug TEXT, front_ms INTEGER, id INTEGER,"
    " story INTEGER, name TEXT, sum INTEGER, PRIMARY KEY(kind,slug,front_ms,id)) WITHOUT ROWID;"
    "CREATE INDEX label_story ON label(story);"

    "CREATE TABLE gone(id INTEGER PRIMARY KEY, state INTEGER, since_ms INTEGER,"
    " published_ms INTEGER, merged_into INTEGER, path TEXT, agency TEXT, by TEXT,"
    " as_404 INTEGER, wire_ms INTEGER, wording TEXT, sum INTEGER);"
    "CREATE INDEX gone_since ON gone(since_ms,id) WHERE state IN(3,4);"
    "CREATE INDEX gone_left ON gone(since_ms,id) WHERE state IN(2,3,4,5,7);"
    "CREATE INDEX gone_merged ON gone(merged_into,id) WHERE state=6;"

    "CREATE TABLE old(address TEXT PRIMARY KEY, story INTEGER, target TEXT, gone INTEGER,"
    " pos INTEGER, by_hand INTEGER, sum INTEGER) WITHOUT ROWID;"
    "CREATE INDEX old_story ON old(story) WHERE story<>0;"

    "CREATE TABLE grievance(number INTEGER PRIMARY KEY, pos INTEGER, story INTEGER, key TEXT,"
    " received_ms INTEGER, acknowledge_by_ms INTEGER, answer_by_ms INTEGER,"
    " acknowledged_ms INTEGER, forwarded_ms INTEGER, decided_ms INTEGER, is_upheld INTEGER,"
    " wording TEXT, sum INTEGER);"
    "CREATE INDEX grievance_open ON grievance(answer_by_ms,number) WHERE decided_ms=0;"
    "CREATE INDEX grievance_received ON grievance(received_ms);";

static const char more_site_tables[] =
    "CREATE TABLE picture(hash TEXT PRIMARY KEY, width INTEGER, height INTEGER,"
    " forms INTEGER, sum INTEGER) WITHOUT ROWID;"
    "CREATE TABLE shown(hash TEXT, story INTEGER, from_ms INTEGER, until_ms INTEGER,"
    " item INTEGER, sum INTEGER, PRIMARY KEY(hash,story,item)) WITHOUT ROWID;"
    "CREATE INDEX shown_story ON shown(story);"

    "CREATE TABLE member(story INTEGER, page INTEGER, sum INTEGER, PRIMARY KEY(story,page))"
    " WITHOUT ROWID;"

    "CREATE TABLE twin(story INTEGER, page INTEGER, sum INTEGER, PRIMARY KEY(story,page))"
    " WITHOUT ROWID;"

    "CREATE TABLE popular(id INTEGER PRIMARY KEY, score REAL, at_ms INTEGER, sum INTEGER);"
    "CREATE INDEX popular_score ON popular(score,id);"

    "CREATE TABLE queue(id INTEGER PRIMARY KEY, due_ms INTEGER);"
    "CREATE INDEX queue_due ON queue(due_ms);"
    "CREATE TABLE doc(doc INTEGER PRIMARY KEY, id INTEGER NOT NULL UNIQUE,"
    " language TEXT, words BLOB, sum INTEGER);"
    "CREATE VIRTUAL TABLE search USING fts5(title, lead, names, words, marks, " WITHOUT_COPIES ");"
    "CREATE VIRTUAL TABLE heads USING fts5(title, lead, names, prefix='2 3', " WITHOUT_COPIES ");"
    "CREATE VIRTUAL TABLE search_terms USING fts5vocab(search, row);"
    "CREATE VIRTUAL TABLE heads_terms USING fts5vocab(heads, row);";

static const char site_views[] =
    "CREATE VIEW public_story AS SELECT " STORY_AND_BODY "," STANDS_BEHIND
    " AND o.on_fronts=1) AS behind," STANDS_BEHIND
    " AND o.on_fronts=1 AND o.section=s.section) AS behind_here FROM story s WHERE " IS_PUBLIC ";";

static const char label_views[] =
    "CREATE VIEW public_label AS SELECT l.kind, l.slug, l.name, l.front_ms AS label_ms,"
    " l.id AS label_id, l.sum=bs_sum(l.kind,l.slug,l.front_ms,l.id,l.story,l.name) AS "
    "label_ok," STORY_AND_BODY "," STANDS_BEHIND
    " AND EXISTS(SELECT 1 FROM label k WHERE k.story=o.row AND k.kind=l.kind AND k.slug=l.slug))"
    " AS behind"
    " FROM label l CROSS JOIN story s ON s.row=l.story AND s.id=l.id WHERE " IS_PUBLIC ";";

#define MATCHED(table)                                                                             \
    STORY_AND_BODY " FROM " table                                                                  \
                   " f CROSS JOIN doc d ON d.doc=f.rowid CROSS JOIN story s ON s.id=d.id"
static const char search_views[] =
    "CREATE VIEW public_head AS SELECT f.heads AS words, f.rowid AS doc," MATCHED(
        "heads") " WHERE " IS_PUBLIC ";"
                 "CREATE VIEW public_match AS SELECT f.search AS words, f.rowid AS doc,"
                 " d.language AS language," MATCHED("search") " WHERE " IS_PUBLIC ";";

static const char more_site_views[] =
    "CREATE VIEW public_popular AS SELECT p.score, p.id AS popular_id,"
    " p.sum=bs_sum(p.id,p.score,p.at_ms) AS score_ok," STORY_AND_BODY
    " FROM popular p CROSS JOIN story s ON s.id=p.id WHERE s.on_fronts=1 AND " IS_PUBLIC ";"
    "CREATE VIEW public_picture AS SELECT p.hash, p.width, p.height,"
    " p.sum=bs_sum(p.hash,p.width,p.height,p.forms)"
    " AND n.sum=bs_sum(n.hash,n.story,n.from_ms,n.until_ms,n.item) AS ok"
    " FROM picture p CROSS JOIN shown n ON n.hash=p.hash CROSS JOIN story s ON s.row=n.story"
    " WHERE p.forms>0 AND n.from_ms<=bs_now() AND n.until_ms>bs_now()"
    " AND NOT bs_dead(n.item) AND " IS_PUBLIC ";"
    "CREATE VIEW next_from AS SELECT min(from_ms) AS at_ms FROM story WHERE from_ms>bs_now();"
    "CREATE VIEW next_until AS SELECT min(until_ms) AS at_ms FROM story"
    " WHERE until_ms<9223372036854775807 AND until_ms>bs_now();"
    "CREATE VIEW next_due AS SELECT min(due_ms) AS at_ms FROM story"
    " WHERE due_ms<until_ms AND due_ms>bs_now();";

static const char desk_tables[] =
    "CREATE TABLE note(name TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID;"
    "INSERT INTO note VALUES('position',0);"

    "CREATE TABLE version(pos INTEGER, number INTEGER, item INTEGER, page INTEGER, feed TEXT,"
    " packed BLOB, link_key TEXT, received_ms INTEGER, is_kill INTEGER, mark INTEGER, sum INTEGER,"
    " PRIMARY KEY(pos,number));"
    "CREATE INDEX version_page ON version(page,pos,number);"
    "CREATE INDEX version_link ON version(feed,link_key,pos,number) WHERE link_key<>'';"
    "CREATE TABLE arrival(pos INTEGER, number INTEGER, feed TEXT, item INTEGER, page INTEGER,"
    " at_ms INTEGER, is_new INTEGER, is_rewrite INTEGER, mark INTEGER, content BLOB, nth INTEGER,"
    " sum INTEGER,"
    " PRIMARY KEY(pos,number)) WITHOUT ROWID;"
    "CREATE INDEX arrival_new ON arrival(feed,nth,at_ms) WHERE nth>0;"
    "CREATE INDEX arrival_rewrite ON arrival(feed,at_ms,page) WHERE is_rewrite=1;"
    "CREATE INDEX arrival_mark ON arrival(feed,mark,at_ms) WHERE mark>1;"
    "CREATE INDEX arrival_page ON arrival(page,pos,number,at_ms,is_new,mark);"
    "CREATE INDEX arrival_item ON arrival(item,content);"
    "CREATE TABLE rhythm(feed TEXT, slot INTEGER, count INTEGER, last_ms INTEGER,"
    " unread INTEGER DEFAULT 0, PRIMARY KEY(feed,slot)) WITHOUT ROWID;"
    "CREATE TABLE item(item INTEGER PRIMARY KEY, page INTEGER);"
    "CREATE INDEX item_page ON item(page);"
    "CREATE TABLE point(kind INTEGER, target INTEGER, item INTEGER,"
    " PRIMARY KEY(kind,target,item)) WITHOUT ROWID;"
    "CREATE INDEX point_item ON point(item,kind,target);"
    "CREATE TABLE guid(guid TEXT, provider TEXT, item INTEGER, sum INTEGER,"
    " PRIMARY KEY(guid,provider,item)) WITHOUT ROWID;"
    "CREATE INDEX guid_item ON guid(item);"
    "CREATE TABLE near(number INTEGER PRIMARY KEY, key INTEGER, item INTEGER);"
    "CREATE INDEX near_key ON near(key);"
    "CREATE TABLE alike(kind INTEGER, key INTEGER, at_ms INTEGER, item INTEGER, provider TEXT,"
    " PRIMARY KEY(kind,key,at_ms,item)) WITHOUT ROWID;"
    "CREATE INDEX alike_at ON alike(at_ms);"

    "CREATE TABLE name(feed TEXT, key TEXT, item INTEGER, at_ms INTEGER,"
    " PRIMARY KEY(feed,key,item)) WITHOUT ROWID;"
    "CREATE INDEX name_at ON name(at_ms);"
    "CREATE TABLE notice(name BLOB PRIMARY KEY, kind INTEGER, guid TEXT, at_ms INTEGER,"
    " pos INTEGER, sum INTEGER) WITHOUT ROWID;"
    "CREATE TABLE waiting(feed TEXT, key TEXT, name BLOB, PRIMARY KEY(feed,key,name))"
    " WITHOUT ROWID;"
    "CREATE TABLE hit(item INTEGER, name BLOB, kind INTEGER, sum INTEGER,"
    " PRIMARY KEY(item,name)) WITHOUT ROWID;"
    "CREATE INDEX hit_name ON hit(name,item);"

    "CREATE TABLE act(pos INTEGER, page INTEGER, json TEXT, at_ms INTEGER, sum INTEGER,"
    " PRIMARY KEY(pos,page)) WITHOUT ROWID;"
    "CREATE INDEX act_page ON act(page,pos);"
    "CREATE TABLE mint(page INTEGER, pos INTEGER, slug TEXT, date_ms INTEGER, from_ms INTEGER, sum "
    "INTEGER,"
    " PRIMARY KEY(page,pos)) WITHOUT ROWID;"

    "CREATE TABLE preview(page INTEGER PRIMARY KEY, view BLOB, sum INTEGER);"
    "CREATE TABLE held(page INTEGER PRIMARY KEY, guid TEXT, headline TEXT, feed TEXT, why TEXT,"
    " since_ms INTEGER, from_ms INTEGER, sum INTEGER);"
    "CREATE TABLE quarantine(pos INTEGER, number INTEGER, name TEXT, feed TEXT, why TEXT,"
    " line INTEGER, col INTEGER, told INTEGER, sum INTEGER, PRIMARY KEY(pos,number))"
    " WITHOUT ROWID;"
    "CREATE INDEX quarantine_untold ON quarantine(pos,number) WHERE told=0;"
    "CREATE TABLE alarm(pos INTEGER, kind TEXT, text TEXT, at_ms INTEGER, sum INTEGER,"
    " PRIMARY KEY(pos,kind,text)) WITHOUT ROWID;"
    "CREATE INDEX alarm_at ON alarm(at_ms,pos);"

    "CREATE TABLE file(feed TEXT, name TEXT, hash TEXT, pos INTEGER, sum INTEGER,"
    " PRIMARY KEY(feed,name)) WITHOUT ROWID;"
    "CREATE TABLE want(feed TEXT, name TEXT, page INTEGER, PRIMARY KEY(feed,name,page))"
    " WITHOUT ROWID;"
    "CREATE TABLE out(key TEXT PRIMARY KEY, kind TEXT, page INTEGER, body TEXT, at_ms INTEGER,"
    " due_ms INTEGER, seq INTEGER, told INTEGER, sum INTEGER) WITHOUT ROWID;"
    "CREATE INDEX out_due ON out(due_ms,seq) WHERE told=0;"
    "CREATE INDEX out_urgent ON out(kind,due_ms,seq) WHERE told=0 AND kind IN('cdn','recall');"
    "CREATE INDEX out_page ON out(page,seq);"
    "CREATE TABLE text(name TEXT PRIMARY KEY, value TEXT, sum INTEGER) WITHOUT ROWID;";

static const char comment_tables[] =
    "CREATE TABLE comment(pos INTEGER PRIMARY KEY, page INTEGER, id TEXT, name TEXT, text TEXT,"
    " at_ms INTEGER, parent TEXT, changed_pos INTEGER, changed_ms INTEGER, taken_back INTEGER,"
    " score INTEGER, taught INTEGER, waits INTEGER, sum INTEGER);"
    "CREATE INDEX comment_page ON comment(page,pos);"
    "CREATE INDEX comment_name ON comment(name);"
    "CREATE INDEX comment_waits ON comment(score,pos) WHERE waits=1;"
    "CREATE TABLE report(pos INTEGER PRIMARY KEY, page INTEGER, id TEXT, why TEXT, at_ms INTEGER,"
    " sum INTEGER);"
    "CREATE INDEX report_page ON report(page,pos);"
    "CREATE TABLE spam(word INTEGER PRIMARY KEY, good INTEGER, bad INTEGER, sum INTEGER);";

static const char feed_tables[] =
    "CREATE TABLE read(day INTEGER, story INTEGER, pages INTEGER, beacons INTEGER, t0 INTEGER,"
    " t1 INTEGER, t2 INTEGER, t3 INTEGER, t4 INTEGER, t5 INTEGER, pos INTEGER,"
    " PRIMARY KEY(day,story)) WITHOUT ROWID;"
    "CREATE TABLE read_from(day INTEGER, host TEXT, pages INTEGER, beacons INTEGER, pos INTEGER,"
    " PRIMARY KEY(day,host)) WITHOUT ROWID;"
    "CREATE TABLE serial(feed TEXT, line TEXT, number INTEGER, at_ms INTEGER,"
    " PRIMARY KEY(feed,line,number)) WITHOUT ROWID;"
    "CREATE INDEX serial_at ON serial(feed,line,at_ms);"
    "CREATE TABLE gap(feed TEXT, line TEXT, first INTEGER, last INTEGER, below_ms INTEGER,"
    " since_ms INTEGER, PRIMARY KEY(feed,line,first,last)) WITHOUT ROWID;"
    "CREATE INDEX gap_since ON gap(feed,since_ms);"
    "CREATE TABLE ahead(feed TEXT, pos INTEGER, ahead_ms INTEGER, PRIMARY KEY(feed,pos))"
    " WITHOUT ROWID;";

const char *const schema_of[2][SCHEMA_PARTS] = {
    [FILE_SITE] = {site_tables, more_site_tables, site_views, label_views, search_views,
        more_site_views},
    [FILE_DESK] = {desk_tables, comment_tables, feed_tables, "", "", ""}};

#define OF_ROW(t) "(SELECT id FROM story WHERE row=" t ".story)"
const struct summed_table summed_tables[] = {
    {FILE_SITE, "story", STORY_HEAD, "id"},
    {FILE_SITE, "body", BODY_COLUMNS, OF_ROW("body")},
    {FILE_SITE, "label", LABEL_COLUMNS, "id"},
    {FILE_SITE, "gone", GONE_COLUMNS, "id"},
    {FILE_SITE, "old", OLD_COLUMNS, "story"},
    {FILE_SITE, "grievance", GRIEVANCE_COLUMNS, NULL},
    {FILE_SITE, "picture", PICTURE_COLUMNS, NULL},
    {FILE_SITE, "shown", SHOWN_COLUMNS, OF_ROW("shown")},
    {FILE_SITE, "member", MEMBER_COLUMNS, OF_ROW("member")},
    {FILE_SITE, "twin", TWIN_COLUMNS, OF_ROW("twin")},
    {FILE_SITE, "popular", POPULAR_COLUMNS, "id"},
    {FILE_SITE, "doc", DOC_COLUMNS, "id"},
    {FILE_DESK, "version", VERSION_COLUMNS, "page"},
    {FILE_DESK, "arrival", ARRIVAL_COLUMNS, "page"},
    {FILE_DESK, "guid", GUID_COLUMNS, "item"},
    {FILE_DESK, "notice", NOTICE_COLUMNS, NULL},
    {FILE_DESK, "hit", HIT_COLUMNS, "item"},
    {FILE_DESK, "act", ACT_COLUMNS, "page"},
    {FILE_DESK, "mint", MINT_COLUMNS, "page"},
    {FILE_DESK, "comment", COMMENT_COLUMNS, "page"},
    {FILE_DESK, "report", REPORT_COLUMNS, "page"},
    {FILE_DESK, "spam", SPAM_COLUMNS, NULL},
    {FILE_DESK, "preview", PREVIEW_COLUMNS, "page"},
    {FILE_DESK, "held", HELD_COLUMNS, "page"},
    {FILE_DESK, "quarantine", QUARANTINE_COLUMNS, NULL},
    {FILE_DESK, "alarm", ALARM_COLUMNS, NULL},
    {FILE_DESK, "file", FILE_COLUMNS, NULL},
    {FILE_DESK, "out", OUT_COLUMNS, "page"},
    {FILE_DESK, "text", TEXT_COLUMNS, NULL},
};
const size_t summed_table_count = COUNT(summed_tables);
