/* story: THE type. What a wire item is after reading, whatever format it came in; its checks; its
 * one byte form (pack). A story and all it points to live in one arena and are const once built.
 * Bad input is a fault kept in the story, never an error. */
#ifndef STORY_H
#define STORY_H

#include "base.h"
#include "clock.h"
#include "text.h"

/* Limits of one item (docs/limits.md is made from this block). */
enum {
    STORY_BODY_MAX =
        2 << 20, /* bytes of cleaned markup; the longest real wire text seen is under 200 KB */
    STORY_TEXT_MAX = 4096, /* bytes of a headline, slugline, byline … */
    STORY_LIST_MAX =
        1000, /* subjects, links, notes … of one item: guards against a list as an attack */
    STORY_PICTURES_MAX = 200,
    STORY_MEMBERS_MAX = 500, /* of one package: the longest seen has 10, a day's list perhaps 200 */
    STORY_PACK_MAX = 8 << 20, /* bytes of the packed form */
};

enum story_kind { /* ninjs type / G2 itemClass; what may become an article is the desk's decision */
    KIND_TEXT,
    KIND_PICTURE,
    KIND_GRAPHIC,
    KIND_VIDEO,
    KIND_AUDIO,
    KIND_COMPOSITE,
    KIND_PACKAGE,
    KIND_CONCEPT,
    KIND_PLANNING,
    KIND_KNOWLEDGE,
    KIND_CATALOG,
    KIND_ADVISORY,
    KIND_UNKNOWN,
};
/* How a version begins that was brought along from another site, with a guid of an agency: whatever
 * the agency numbers itself is newer. */
#define STORY_ARCHIVED "archived "

enum story_status { STATUS_USABLE, STATUS_WITHHELD, STATUS_CANCELED, STATUS_UNKNOWN };
/* What this version is to the one before, from signal, edStat, message type and headline tag: the
 * strongest one found. */
enum story_change { CHANGE_NONE, CHANGE_UPDATE, CHANGE_REPEAT, CHANGE_REFILE, CHANGE_CORRECTION };

struct subject { /* a subject, genre, place, person or organisation */
    enum subject_kind {
        SUBJECT_TOPIC,
        SUBJECT_GENRE,
        SUBJECT_PLACE,
        SUBJECT_PERSON,
        SUBJECT_ORGANISATION,
        SUBJECT_EVENT
    } kind;
    struct span literal; /* as the wire has it: "medtop:20000717" */
    struct span scheme;  /* "medtop"; IPTC 2004 subject codes: "subj" */
    struct span code;    /* "20000717" */
    struct span name;    /* in the item's language, else English; may be empty */
    bool apart; /* came in a list of its own (ninjs places, people …), not among the subjects */
};
struct note { /* to editors: never public (A7); public_text: the provider marks it for readers */
    struct span role, text;
    bool public_text;
};
struct link { /* to another item */
    enum link_rel {
        LINK_PREVIOUS,
        LINK_DERIVED,
        LINK_EVOLVED,
        LINK_REPLACES,
        LINK_SEE_ALSO,
        LINK_OTHER
    } rel;
    struct span guid, version, literal_rel;
};
struct rendition {
    struct span href; /* as the wire has it; relative names a file delivered beside the item */
    struct span type; /* media type, may be empty */
    struct span role;
    uint32_t width, height; /* 0: not told */
};
struct picture {                  /* associated: a picture item inside or beside the story */
    struct span guid, role, kind; /* role: featuremedia, embedded1 …; kind: ninjs type of the member
                                     ("picture", "text", …) */
    struct span headline, caption, credit, byline, copyright, alt;
    struct span *usage;
    uint32_t usage_count;
    enum story_status status;
    struct when embargo, expires;
    struct rendition *renditions;
    uint32_t rendition_count;
};
enum member_mode { MEMBERS_UNORDERED, MEMBERS_SEQUENTIAL, MEMBERS_ALTERNATIVE };
struct member { /* of a package, in the order in which it is to be read (P9) */
    struct span guid;
    struct span headline;    /* the package's word for it: for the desk, never shown to readers */
    struct span group;       /* id of the group that it stands in */
    enum member_mode mode;   /* of that group */
    uint32_t choice, branch; /* which choice of the package it belongs to (from 1; 0: none), and
                                which of its alternatives: one alternative is shown */
};
struct fault { /* what a reader forgave */
    uint32_t line, column;
    struct span what;
};

struct story {
    /* identity */
    struct span provider; /* as the item names it: a qcode's code, a name, a domain */
    struct span guid;     /* without version */
    struct span version;  /* as written; may be empty */
    struct span
        serial; /* the sender's own count of its messages, behind its line's name:
                   "eca 0003" (IPTC 7901, ANPA 1312, NewsML's TransmissionId); empty: none */
    enum story_kind kind;
    struct span kind_literal;
    enum story_status status;
    struct span status_literal; /* empty: the file does not state it */
    bool is_test;               /* the wire's machine mark: TEST */
    /* times */
    struct when version_created, first_created, sent, embargo, expires;
    /* head */
    struct span headline;     /* without tags; see headline_raw */
    struct span headline_raw; /* as the wire has it */
    struct span
        headline_tag;    /* "CORRECTED", "UPDATE 2", "WRAPUP 1" …; several are joined by ", " */
    uint32_t tag_number; /* n of UPDATE n, WRAPUP n; 0: none */
    struct span slugline, byline, dateline, creditline, language, abstract;
    struct span dateline_raw; /* as the wire has it, also where it is no dateline (Reuters writes a
                                 time there) */
    uint32_t urgency;         /* 1..9; 0: not told */
    /* signals as written, alias and all ("sig:correction"), and what they mean together */
    struct span *signals;
    uint32_t signal_count;
    enum story_change change;
    struct span change_note; /* the agency's own words on what was corrected or updated, where
                                public or in the body */
    /* body */
    struct html body;      /* cleaned; figures name pictures by story_picture_name */
    struct span body_text; /* plain, folded */
    uint32_t paragraphs;
    struct span credits; /* "(Reporting by …; Editing by …)" when the body's last block is that
                            line or ends in it; it stays in body too */
    /* matters */
    struct subject *subjects; /* in document order, unique by kind and literal */
    uint32_t subject_count;
    struct span *keywords;
    uint32_t keyword_count;
    struct note *notes;
    uint32_t note_count;
    struct link *links;
    uint32_t link_count;
    struct picture *pictures; /* associations in order, package members too */
    uint32_t picture_count;
    struct member *members; /* of a package: its texts and packages, not its pictures */
    uint32_t member_count;
    /* rights */
    struct span copyright_holder, copyright;
    struct span *usage;
    uint32_t usage_count;
    struct span link;  /* the item's page elsewhere (RSS link) */
    struct span *hops; /* parties through whose hands it has come, by code, URI, literal and name */
    uint32_t hop_count;
    struct fault *faults;
    uint32_t fault_count;
};

/* One packed form for socket, store and tests: versioned, checksummed. Unpacked spans point into
 * bytes. Packing gives the empty span where the form would be over STORY_PACK_MAX. */
struct span story_pack(struct arena *a, const struct story *s);
/* NULL: damaged, over a limit, or of a newer version; why_out says. Checks every enum and that
 * every text is valid UTF-8, and cleans the body again: whoever packed it may have been broken
 * into. */
struct story *story_unpack(struct arena *a, struct span bytes, const char **why_out);
/* The same for what this node packed itself (the store's rows), three times as fast: the body is
 * not cleaned again. Never for bytes out of a cage or from another machine. */
struct story *story_unpack_own(struct arena *a, struct span bytes, const char **why_out);

/* The name under which the file of a rendition comes: the last part of its path, for it is
 * delivered beside the item; all of it where it is the URL of another machine. A part of href. */
struct span story_file_name(struct span href);

/* Helpers for readers: fill lists with limits and dedupe. They copy what they keep. */
struct story *story_new(struct arena *a);
void story_fault(struct arena *a, struct story *s, uint32_t line, uint32_t column, const char *fmt,
    ...) __attribute__((format(printf, 5, 6)));
void story_add_subject(struct arena *a, struct story *s, enum subject_kind kind,
    struct span literal, struct span name);
void story_add_keyword(struct arena *a, struct story *s, struct span text);
/* The next of a list of keywords with commas between them; the comma of "10,000 metres" is none.
 * false: *rest was used up. */
bool story_next_keyword(struct span *rest, struct span *word_out);
/* Keeps line and number as the story's serial; digits that count nothing ("0000",
 * "20181210123731041") are no number. */
void story_set_serial(struct arena *a, struct story *s, struct span line, struct span digits);
void story_add_signal(struct arena *a, struct story *s, struct span text);
void story_add_note(
    struct arena *a, struct story *s, struct span role, struct span text, bool public_text);
void story_add_usage(struct arena *a, struct story *s, struct span text);
void story_add_hop(struct arena *a, struct story *s, struct span party);
void story_add_link(
    struct arena *a, struct story *s, struct span rel, struct span guid, struct span version);
void story_add_member(
    struct arena *a, struct story *s, struct member m); /* unique by guid, never itself */
struct picture *story_add_picture(struct arena *a, struct story *s);
void picture_add_rendition(struct arena *a, struct picture *p, struct rendition r);
/* The name under which the text keeps a picture's place: its guid, else its first file's name; the
 * hash of that where markup could not keep it. Stands in the arena or in the picture. */
struct span story_picture_name(struct arena *a, const struct picture *p);
/* The media type of a picture's file by its name's end; empty: it tells none. */
struct span story_image_type(struct span path);
/* Pictures that only the text names, each by its URL, become the story's: for feeds that have no
 * other way to name them. They are named, no more: whether they are fetched is the feed's licence.
 */
void story_adopt_pictures(struct arena *a, struct story *s);
/* After the fields are filled: takes headline tags out of headline_raw (C2), decides change from
 * signals and tags, finds credits, change_note and, where the wire has no field for them, byline
 * and dateline in the body, folds texts, cuts what is over a limit (with a fault). Every reader
 * calls it last. */
void story_finish(struct arena *a, struct story *s);

/* ---- datelines in the text (dateline.c) ---- */
struct story_dateline { /* parts of the text */
    struct span whole;  /* "LINDMARCH, Nov 30 (Meridian)", without the dash behind it */
    struct span place, date, agency; /* date and agency may be empty */
    bool agency_known;               /* by its name, or as the story's own */
    int year, month, day;            /* 0: not told */
};
/* The dateline at the head of a text, in any language of the interface. own: names under which its
 * agency is known here. false: none, or what could be the story's own words; then out holds no more
 * than a known agency in brackets before a dash. */
bool story_dateline(
    struct span text, const struct span *own, size_t own_count, struct story_dateline *out);

/* ---- the reporters' and editors' line (credits.c) ---- */
enum credit_role {
    CREDIT_REPORTING,
    CREDIT_WRITING,
    CREDIT_COMPILING,
    CREDIT_EDITING,
    CREDIT_TRANSLATING
};
struct credit {
    enum credit_role role;
    struct span name; /* a part of the line */
};
/* Who did what, by a line such as "(Reporting by Asha Rao in Delhi; Editing by Tom Lind)" in any
 * language of the interface: at most max people, in the line's order. 0: it is no such line, or
 * names only newsrooms. */
size_t story_credits(struct span line, struct credit *list, size_t max);
/* The line in a text's last block: the whole of it or the bracket that ends it; a part of text.
 * Empty: none, or what could be something else. */
struct span story_credits_in(struct span text);
/* The people of a byline, without "By", by what joins names in any language of the interface; where
 * a joiner may be a part of one name ("Ortega y Gasset") it stays one. Parts of line, at most
 * max. */
size_t story_names(struct span line, struct span *list, size_t max);
const char *story_credit_role(enum credit_role r); /* "reporting" */

/* The reporters' line with a stop where two duties touch ("in WinnipegEditing by"), as it stands in
 * credits; the body keeps it as it was sent. Lives in a. */
struct span story_mend_credits(struct arena *a, struct span text);

/* "CORRECTED-", "UPDATE 2-", "WRAPUP 1-", "REFILE-", "REPEAT-", "3rd Ld-Writethru", "(CORRECTED)",
 * "CORRECTED-(OFFICIAL)" …: a headline cut into tag and rest. */
struct headline_parts {
    struct span rest, tag;
    uint32_t number;
    enum story_change change;
    bool is_advisory; /* ADVISORY, STORY WITHDRAWN …: not a story */
};
struct headline_parts headline_cut(struct arena *a, struct span raw);
/* The English word for one tag of whatever language ("KORREKTUR": "CORRECTED"); *rest_out: what
 * stands behind it ("2"). NULL: no tag that is cut from headlines. */
const char *headline_tag_means(struct span tag, struct span *rest_out);

const char *story_kind_name(enum story_kind k); /* ninjs type */
enum story_kind story_kind_of(
    struct span local_name); /* "text", "picture", "composite" … else KIND_UNKNOWN */
const char *story_status_name(enum story_status s);
enum story_status story_status_of(struct span local_name);
const char *story_change_name(enum story_change c);

/* The story's public id: 12 base32 characters (60 bits) of a keyed hash of provider and guid; key
 * from the ledger's first event. */
typedef uint64_t story_id;
story_id story_id_of(struct span key, struct span feed_provider, struct span guid);
enum { STORY_ID_TEXT = 12 }; /* letters of an id, at the end of its address */
struct span story_id_text(struct arena *a, story_id id);
bool story_id_read(
    struct span text, story_id *out); /* exactly 12 characters of the alphabet, lower case */
/* The id in what an editor gives for a story: its address, as it is copied from a browser, its
 * path, or the id itself. A guid may look like an address: ask for that first. */
bool story_id_in(struct span target, story_id *out);

#endif
