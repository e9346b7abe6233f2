/* frame.h: what the html pages of press share: the frame around every page, and how a story is
 * shown in a list. Names set here are a theme's vocabulary (docs/theming.md). */
#ifndef FRAME_H
#define FRAME_H

#include "press_private.h"

enum { FRAME_CRUMBS_MAX = 4 };

/* One page in the making. */
struct sheet {
    const struct press *p;
    struct arena *a;
    struct page *out;
    struct record *root;   /* what the page's template sees */
    struct reader *reader; /* NULL: its teasers do not say who else has the story (V8) */
    struct span crumb_names[FRAME_CRUMBS_MAX], crumb_paths[FRAME_CRUMBS_MAX];
    size_t crumbs;
};

/* The frame: head, masthead, menus, foot. title empty: the site's name alone; path empty: no
 * address of its own. A page that may not be indexed has out->noindex set before. */
struct sheet frame_open(const struct press *p, struct arena *a, struct page *out, const char *kind,
    struct span title, struct span path);
void frame_about(struct sheet *s, struct span description);
void frame_section(struct sheet *s, struct span section); /* marks it in the menu */
void first_put(struct sheet *s, const char *kind);        /* first.c: called by frame_open */
void frame_editions(struct sheet *s, struct span path);   /* editions.c: called by frame_open */
void frame_feeds(struct sheet *s, struct span below, struct span title); /* below: "", "/tag/x" */
void frame_feeds_of(
    struct sheet *s, struct span below, struct span query, struct span title); /* query: "?q=x" */
void frame_json(struct sheet *s, struct span json); /* JSON-LD; empty: nothing */
void frame_card(struct sheet *s, const struct view *v, const char *type); /* Open Graph */
/* Crumbs from the home page on; the page itself has no link. */
void frame_crumb(struct sheet *s, struct span name, struct span path);
void frame_crumbs_done(struct sheet *s);
/* The crumbs of a page right below the home page, and of one that belongs to a story. All of them:
 * home, title; home, section, headline, title. An empty title: the story's own page. */
void frame_crumbs_of(struct sheet *s, struct span title, struct span path);
void frame_crumbs_of_story(
    struct sheet *s, const struct view *v, struct span title, struct span path);
/* Today's date, in the site's language and zone; the page's life ends at its midnight. For pages
 * that change within a day anyway: never on a story's own, of which there are many (docs/looks.md).
 */
void frame_today(struct sheet *s, int64_t now_ms);
void frame_close(struct sheet *s, const char *template);

/* ---- a story in a list ---- */
void teaser_fill(struct sheet *s, struct record *r, const struct view *v);
/* top: the list stands at the top of its page, and its first picture is fetched at once. */
void teaser_list(struct sheet *s, struct record *r, const char *name, const struct view *list,
    size_t n, bool top); /* and notes what is shown on the page */

/* ---- parts of a story ---- */
void article_text(struct sheet *s, const struct view *v); /* article_text.c: blocks and credits */
void embed_put(struct sheet *s, const struct view *v, struct span address); /* a block of its own */
void story_language(struct sheet *s, struct record *r, const struct view *v);
bool story_badges(struct sheet *s, struct record *r, const struct view *v,
    struct span label); /* v NULL: of the label alone; true: there are any */
bool story_section(struct sheet *s, struct record *r, struct span section); /* false: no such one */
void story_picture(struct sheet *s, struct record *r, const struct view_picture *pic);
/* comments.c: those of a story, and the form for one more; the page's life ends where it closes. */
void comments_put(
    struct sheet *s, const struct view *v, int64_t now_ms, const struct page_ask *ask);
/* article.c: puts a sentence that a theme has left out to the end of the story; class: the
 * paragraph's. */
void press_insist(struct sheet *s, struct span text, const char *class);
/* live.c: of a story that is or was running, its timeline; the page's life ends where it stops. */
void live_put(struct sheet *s, const struct view *v, const struct live *l);
struct span gone_sentence(struct sheet *s, const struct gone *g); /* status.c */
void story_time(struct sheet *s, struct record *r, const char *name, int64_t ms,
    struct span (*told)(
        const struct press *, struct arena *, int64_t)); /* record {iso, text}; 0: empty */

/* "…?page=2" and its neighbours; more: there is an older page. */
void frame_pager(struct sheet *s, struct span path, size_t page, bool more);
void frame_pager_up(
    struct sheet *s, struct span path, size_t page, bool more); /* of a list, oldest first */
/* How many stories of a list are read for a page, and from where. One more than shown tells whether
 * an older page is there. */
size_t list_page_items(const struct press *p);

#endif
