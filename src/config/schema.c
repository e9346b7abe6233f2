/* schema.c: every key of the site file: where it stands, what it takes, what it means.
 * docs/configuration.md is made from this table. */
#include "schema.h"

#define IN(type, member) offsetof(struct type, member)
#define LIST(type, member, count) .at = IN(type, member), .count_at = IN(type, count)

static const struct key site_keys[] = {
    {"name", TYPE_TEXT, IN(config, site_name), .otherwise = "Broadsheet", .flags = KEY_EDITORIAL,
        .about = "The paper's name: in the masthead, titles, feeds and structured data."},
    {"tagline", TYPE_TEXT, IN(config, tagline), .flags = KEY_EDITORIAL,
        .about = "One line under the name."},
    {"url", TYPE_ORIGIN, IN(config, url), .otherwise = "http://127.0.0.1:8080",
        .flags = KEY_EDITORIAL,
        .about = "Scheme and host under which readers reach the site. The only source of absolute "
                 "links; the Host header never is."},
    {"base", TYPE_BASE, IN(config, base), .flags = KEY_EDITORIAL,
        .about = "Path under which the site lives beside an existing one, such as `/wire`. Empty: "
                 "at the root."},
    {"language", TYPE_LANGUAGE, IN(config, language), .otherwise = "en", .flags = KEY_EDITORIAL,
        .about = "Language of the interface: `en`, `hi`, `mr`, `bn`, `ta`, `te`, `ur`, `ar`, `es`, "
                 "`fr`, `de`, `pt`, `ru`, `zh`, or another for which the theme has words."},
    {"timezone", TYPE_ZONE, IN(config, zone), .otherwise = "the machine's", .flags = KEY_EDITORIAL,
        .about = "IANA zone in which readers see dates, and in which a day of the archive begins."},
    {"noindex", TYPE_FLAG, IN(config, noindex), .otherwise = "no", .flags = KEY_EDITORIAL,
        .about = "Keeps the whole site out of search engines."},
    {"party", TYPE_TEXTS, LIST(config, parties, party_count), .flags = KEY_EDITORIAL,
        .about =
            "Under which names, codes or URIs the house itself stands in what agencies write of an "
            "item's way (NewsML-G2 `hopHistory`, `source` in RSS and Atom). A story that names one "
            "is an echo and dropped. A URL stands for all below it. Empty: nothing is."},
    {"media_topics", TYPE_PATH, IN(config, media_topics),
        .otherwise = "only the first level is known",
        .about =
            "IPTC's Media Topics as JSON, as cv.iptc.org gives them: with this file sections and "
            "rules know what stands below what ([rules.md](rules.md#topics)). It is read at the "
            "start and at `broadsheet reload`."},
    {"group_agencies", TYPE_CHOICE, IN(config, group_agencies), .words = "yes|no",
        .otherwise = "yes", .flags = KEY_EDITORIAL,
        .about = "Whether the same news from several agencies stands together: lists show the one "
                 "that was published first, and each story's page names the others."},
    {"embeds", TYPE_CHOICE, IN(config, embeds), .words = "click|link|no", .otherwise = "click",
        .flags = KEY_EDITORIAL,
        .about = "What stands where a text has a video, a post, a sound or a chart of others, for "
                 "feeds whose `embeds` is yes: a box that loads it when the reader asks for it, "
                 "and nothing before; a link; or nothing. Other feeds have links, or nothing "
                 "([article.md](article.md#pictures-and-embeds-in-the-text))."},
    {"comments", TYPE_CHOICE, IN(config, comments), .words = "off|approve|open", .otherwise = "off",
        .flags = KEY_EDITORIAL,
        .about = "Readers' comments under stories of feeds that allow them: none; each shown once "
                 "an editor approves it; or shown at once."},
    {"comment_days", TYPE_COUNT, IN(config, comment_days), .min = 1, .max = 365, .otherwise = "14",
        .flags = KEY_EDITORIAL,
        .about = "So many days after its publication a story takes no more comments."},
    {"country_header", TYPE_TEXT, IN(config, country_header), .flags = KEY_EDITORIAL,
        .about = "The header in which the proxy in front says from which country a reader comes "
                 "(ISO 3166-1 alpha-2), such as `CF-IPCountry`; believed of a trusted proxy alone, "
                 "which has to drop what readers send under that name. Wanted where a feed has a "
                 "`territory`. See [territory.md](territory.md)."},
    {"unknown_country", TYPE_CHOICE, IN(config, unknown_country), .words = "outside|inside",
        .otherwise = "outside", .flags = KEY_EDITORIAL,
        .about = "Whether a reader whose country is not known counts as outside or inside of every "
                 "territory."},
    {"confirm_changes_over", TYPE_COUNT, IN(config, confirm_changes_over), .max = CONFIRM_NEVER,
        .otherwise = "50",
        .about =
            "A reload, or a start with a changed file, that would alter more live pages than this "
            "wants a second yes before it is put in force (`broadsheet replay` shows them). "
            "1000000 is as good as none: it is never asked."},
    {"logo", TYPE_LINK, IN(config, publisher_logo), .flags = KEY_EDITORIAL,
        .about = "The publisher's logo in structured data."},
};
static const struct group site_group = {
    "The site itself.", site_keys, COUNT(site_keys), .name_at = SIZE_MAX, .line_at = SIZE_MAX};

static const struct key menu_keys[] = {
    {"title", TYPE_TEXT, IN(config_link, title), .flags = KEY_EDITORIAL | KEY_NEEDED,
        .about = "The words of the link."},
    {"url", TYPE_LINK, IN(config_link, url), .flags = KEY_EDITORIAL | KEY_NEEDED,
        .about = "Where it leads."},
};
static const struct group menu_group = {"Links of the parent site's menu, in order.", menu_keys,
    COUNT(menu_keys), .item_bytes = sizeof(struct config_link), .name_at = SIZE_MAX,
    .line_at = SIZE_MAX};

static const struct key masthead_keys[] = {
    {"title", TYPE_TEXT, IN(config, masthead_title), .flags = KEY_EDITORIAL,
        .about = "The parent site's name, shown above ours."},
    {"url", TYPE_LINK, IN(config, masthead_url), .flags = KEY_EDITORIAL,
        .about = "The parent site's front page."},
    {"menu", TYPE_ITEMS, LIST(config, menu, menu_count), .group = &menu_group,
        .flags = KEY_EDITORIAL, .about = "The parent site's menu."},
};
static const struct group masthead_group = {"The masthead of the site beside which this one lives.",
    masthead_keys, COUNT(masthead_keys), .name_at = SIZE_MAX, .line_at = SIZE_MAX};

static const struct key section_keys[] = {
    {"name", TYPE_NAME, IN(config_section, name), .flags = KEY_EDITORIAL | KEY_NEEDED,
        .about = "In the URL: lower-case letters, digits and hyphens."},
    {"title", TYPE_TEXT, IN(config_section, title),
        .otherwise = "the built-in section's, in the site's language; else the name",
        .flags = KEY_EDITORIAL, .about = "What readers see."},
    {"subjects", TYPE_TEXTS, LIST(config_section, subjects, subject_count),
        .otherwise = "those of the built-in section of this name", .flags = KEY_EDITORIAL,
        .about =
            "Which stories go here: `medtop:15000000` (an IPTC Media Topic with all below it; for "
            "topics below the seventeen first ones `site.media_topics` says what that is), "
            "`subj:15000000` (an IPTC subject code with all below it), `sport*` (a pattern for "
            "subject names, keywords and sluglines), or a name. The first section that fits takes "
            "a story; the section without subjects takes the rest."},
    {"colour", TYPE_COLOUR, IN(config_section, colour), .flags = KEY_EDITORIAL,
        .about = "Of its line and card: `\"#rrggbb\"`, in quotes."},
};
static const struct group section_group = {"Sections in the order of the menu.", section_keys,
    COUNT(section_keys), .item_bytes = sizeof(struct config_section),
    .name_at = IN(config_section, name), .line_at = IN(config_section, line)};

static const struct key limit_keys[] = {
    {"stories_per_hour", TYPE_COUNT, IN(config_feed, limits.stories_per_hour), .min = 1,
        .max = LIMIT_NONE, .otherwise = "20000", .flags = KEY_EDITORIAL,
        .about = "New stories within an hour; what is over waits for the desk. The busiest wires "
                 "bring some thousands in a day, and a first fill with an archive passes."},
    {"updates_per_story_per_hour", TYPE_COUNT, IN(config_feed, limits.updates_per_story_per_hour),
        .min = 1, .max = LIMIT_NONE, .otherwise = "2000", .flags = KEY_EDITORIAL,
        .about = "Updates of one story within an hour; further ones wait, and the version before "
                 "stays. A running story moves every few minutes; agencies have sent a thousand "
                 "versions at once, and the last stood. Corrections count and are never held."},
    {"oldest_days", TYPE_COUNT, IN(config_feed, limits.oldest_days), .max = 36500,
        .otherwise = "0 (no limit)", .flags = KEY_EDITORIAL,
        .about = "A new story whose date is older than this when it comes waits for the desk. "
                 "Stories older than 30 days are off fronts in any case."},
    {"rewrites_per_hour", TYPE_COUNT, IN(config_feed, limits.rewrites_per_hour), .min = 1,
        .max = LIMIT_NONE, .otherwise = "10", .flags = KEY_EDITORIAL,
        .about = "Different old stories that may be rewritten within an hour, corrections too; "
                 "further rewrites of old stories are frozen until the desk releases them."},
    {"rewrite_after_days", TYPE_COUNT, IN(config_feed, limits.rewrite_after_days), .min = 1,
        .max = 36500, .otherwise = "3", .flags = KEY_EDITORIAL,
        .about = "Since how many days we must have a story for it to be old in this sense: "
                 "agencies mostly correct within two."},
};
static const struct group limit_group = {
    "Bounds of what a feed may do by itself. What is over is held, with an alarm; kills, "
    "withholds, "
    "embargoes and expiries are never limited. 1000000 is as good as none.",
    limit_keys, COUNT(limit_keys), .name_at = SIZE_MAX, .line_at = SIZE_MAX};

static const struct key poll_keys[] = {
    {"road", TYPE_WORD, IN(config_feed, poll.road),
        .words = "http|ap|reuters|reuters-token|dpa|imap|ftp|sftp",
        .otherwise = "by the address: `http`, `ftp` or `sftp`",
        .about = "How it is asked for: `http` a document at a URL (RSS, Atom, JSON Feed, ninjs, "
                 "NewsML …); `ap` AP's Media API; `reuters` Reuters Connect; `reuters-token` "
                 "Reuters' older API with tokens; `dpa` dpa's queue wireQ; `imap` a mailbox; `ftp` "
                 "and `sftp` the files of a folder on a server."},
    {"url", TYPE_TEXT, IN(config_feed, poll.url),
        .about = "The address, http or https; of `imap` a server: `imaps://mail.example.org`, or "
                 "`imap://…`, which changes to TLS before it logs in. `{secret}` in it stands for "
                 "what `secret_file` holds, where an agency wants it there. Of files their folder: "
                 "`ftp://` (TLS is asked for, and demanded), `ftps://` (TLS from the first byte), "
                 "`sftp://`."},
    {"every_seconds", TYPE_COUNT, IN(config_feed, poll.every_seconds), .min = 1, .max = 86400,
        .otherwise = "60 for `http`, 30 for `imap`, 10 for `ftp` and `sftp`, else the road's own",
        .about = "How often it is asked for."},
    {"websub", TYPE_FLAG, IN(config_feed, poll.websub), .otherwise = "no",
        .about = "Of `http`: whether the hub that the document names is asked to tell what is new. "
                 "It calls `/websub/…` under `site.url`, which has to be reached from outside "
                 "([delivery.md](delivery.md#hubs))."},
    {"login_url", TYPE_TEXT, IN(config_feed, poll.login_url),
        .about = "Of `reuters` and `reuters-token`: where a token is got. Of `imap`, where the "
                 "mailbox wants OAuth instead of a password ([delivery.md]"
                 "(delivery.md#a-mailbox-with-oauth))."},
    {"client_id", TYPE_TEXT, IN(config_feed, poll.client_id), .otherwise = "`user`",
        .about = "Of `imap` with `login_url`: the client's id; `user` is the mailbox's."},
    {"refresh_file", TYPE_KEY_FILE, IN(config_feed, poll.refresh_file), .otherwise = "none",
        .about = "Of `imap` with `login_url`: file of one line with a refresh token. Without it "
                 "the client asks in its own name (client credentials)."},
    {"user", TYPE_TEXT, IN(config_feed, poll.user),
        .about = "The user's name, or the client's id. With `http`: of basic authentication. With "
                 "`ftp`: `anonymous` where it is left out."},
    {"secret_file", TYPE_KEY_FILE, IN(config_feed, poll.secret_file),
        .about = "File of one line with the password, key or client secret. It is read anew for "
                 "each use, and others may not read it."},
    {"secret_header", TYPE_TEXT, IN(config_feed, poll.secret_header),
        .about = "Of `http`: the header in which the secret goes, such as `X-API-Key`."},
    {"audience", TYPE_TEXT, IN(config_feed, poll.audience),
        .about = "Of `reuters` and `imap`: the audience of the token, where one is wanted."},
    {"scope", TYPE_TEXT, IN(config_feed, poll.scope),
        .about = "Of `reuters` and `imap`: the scope of the token, as Reuters or the mail service "
                 "gives it."},
    {"channels", TYPE_TEXTS, LIST(config_feed, poll.channels, poll.channel_count),
        .about = "Of `reuters` and `reuters-token`: the channels of the contract."},
    {"ca_file", TYPE_PATH, IN(config_feed, poll.ca_file), .otherwise = "the machine's",
        .about = "A PEM file with the certificates that are trusted, where the server's is from an "
                 "authority of one's own, or of the agency's. Not of `sftp`."},
    {"server_keys", TYPE_TEXTS, LIST(config_feed, poll.server_keys, poll.server_key_count),
        .otherwise = "any that a trusted authority stands for",
        .about = "Pins of the server's public key, where TLS is spoken: `[\"sha256//…\"]`, the key "
                 "in use and the one to come "
                 "([delivery.md](delivery.md#the-servers-key)). A server of `url` that shows "
                 "another key is not asked, and an alarm rings. Not of `sftp`: see `host_keys`."},
    {"after", TYPE_CHOICE, IN(config_feed, poll.after), .words = "keep|delete|move|seen",
        .otherwise = "keep",
        .about = "Of `imap`, `ftp` and `sftp`: what becomes of a mail or a file on the server, "
                 "once it is in the ledger: it stays as it is, is deleted, moved to `move_to`, or "
                 "(a mail) marked as read."},
    {"move_to", TYPE_TEXT, IN(config_feed, poll.move_to), .otherwise = "none",
        .about = "The folder for `after: move`, as the server names it. It has to exist."},
    {"mailbox", TYPE_TEXT, IN(config_feed, poll.mailbox), .otherwise = "INBOX",
        .about = "Of `imap`: the folder that is read, as the server writes its name."},
    {"from", TYPE_TEXTS, LIST(config_feed, poll.from, poll.from_count),
        .about = "Of `imap`: whose mails are taken: `desk@agency.example`, `*@agency.example`, or "
                 "`*` for whoever writes. Others are left alone. Anybody can write a name into "
                 "`From`: see `authserv_id`."},
    {"authserv_id", TYPE_TEXT, IN(config_feed, poll.authserv_id),
        .about = "Of `imap`: the name under which one's own mail server writes "
                 "`Authentication-Results`. Mails of which it does not say `dmarc=pass` are left "
                 "alone."},
    {"files", TYPE_TEXTS, LIST(config_feed, poll.files, poll.file_count), .otherwise = "all",
        .about = "Of `ftp` and `sftp`, as all below: patterns of the names that are fetched: "
                 "`[\"*.xml\", \"*.jpg\"]`. `*` stands for any characters, `?` for one."},
    {"unchanged_seconds", TYPE_COUNT, IN(config_feed, poll.unchanged_seconds), .min = 1,
        .max = 3600, .otherwise = "5",
        .about = "A file is whole when two lists so far apart show the same size and time."},
    {"marker", TYPE_TEXT, IN(config_feed, poll.marker), .otherwise = "none",
        .about = "Where the agency marks files that are whole: `.done` means that NAME is fetched, "
                 "at once, when NAME.done lies beside it."},
    {"key_file", TYPE_KEY_FILE, IN(config_feed, poll.key_file), .otherwise = "none",
        .about = "Of `sftp`: the private key to log in with (OpenSSH's form, Ed25519 or ECDSA). "
                 "`secret_file` is its passphrase then, if it has one."},
    {"host_keys", TYPE_TEXTS, LIST(config_feed, poll.host_keys, poll.host_key_count),
        .otherwise = "none",
        .about = "Of `sftp`: fingerprints of the server's host keys, as `ssh-keygen -l` prints "
                 "them: `[\"SHA256:…\"]`. A server that shows another key is refused."},
    {"known_hosts", TYPE_PATH, IN(config_feed, poll.known_hosts), .otherwise = "none",
        .about = "Of `sftp`, instead of `host_keys`: a file of OpenSSH's form."},
    {"unencrypted", TYPE_FLAG, IN(config_feed, poll.unencrypted), .otherwise = "no",
        .about = "Of `ftp`: whether it goes without TLS, for agencies that have none. Everybody on "
                 "the way can read the password then, and change the news."},
};
static const struct group poll_group = {
    "What the house asks for by itself ([delivery.md](delivery.md#asking-for-it)).", poll_keys,
    COUNT(poll_keys), .name_at = SIZE_MAX, .line_at = SIZE_MAX};

static const struct key feed_keys[] = {
    {"name", TYPE_NAME, IN(config_feed, name), .flags = KEY_EDITORIAL | KEY_NEEDED,
        .about = "The feed's name: its push door is `/push/NAME`. Usually the key of the map."},
    {"provider", TYPE_TEXT, IN(config_feed, provider), .otherwise = "the name",
        .flags = KEY_EDITORIAL,
        .about = "The agency's name, shown to readers. Part of every story's id: do not change it "
                 "later."},
    {"provider_ids", TYPE_TEXTS, LIST(config_feed, provider_ids, provider_id_count),
        .flags = KEY_EDITORIAL,
        .about =
            "What items may call their provider (case does not matter). Others are ignored with "
            "an alarm. Without it an item that plainly names another agency waits for the desk, "
            "any other name passes, and a kill is obeyed whoever it names.",
        .otherwise = "none"},
    {"format", TYPE_WORD, IN(config_feed, format),
        .words =
            "newsml-g2|newsml-1|nitf|ninjs|ap|digitalwires|reuters-connect|pa|jsonfeed|rss|wxr|"
            "atom|ritzau|release|html|anpa1312|iptc7901|mail|text",
        .otherwise = "found out", .flags = KEY_EDITORIAL,
        .about = "The format of its files. It is asked first; files that are of another are read "
                 "as what they "
                 "are."},
    {"credit", TYPE_TEXT, IN(config_feed, credit), .otherwise = "the provider",
        .flags = KEY_EDITORIAL, .about = "The agency in datelines and structured data."},
    {"credit_line", TYPE_TEXT, IN(config_feed, credit_line), .otherwise = "none",
        .flags = KEY_EDITORIAL,
        .about = "The credit as the licence wants it, such as `{agency}[ / {byline}]`: `{agency}`, "
                 "`{byline}`, `{copyright}` and `{site}` are filled in, and what stands in square "
                 "brackets is left out where a place within it is empty. It goes wherever the "
                 "story goes, and no theme can leave it out."},
    {"credit_at", TYPE_NAMES, LIST(config_feed, credit_at, credit_at_count), .otherwise = "end",
        .flags = KEY_EDITORIAL,
        .about = "Where `credit_line` stands: `top` (above the story), `end` (below it), `lists` "
                 "(beside its headline on other pages, instead of the agency's name); one or "
                 "more."},
    {"picture_credit", TYPE_TEXT, IN(config_feed, picture_credit),
        .otherwise = "the picture's own credit", .flags = KEY_EDITORIAL,
        .about = "The credit of its pictures, such as `{agency}[/{credit}]`: `{agency}`, "
                 "`{credit}` (the picture's own) and `{site}` are filled in."},
    {"disclaimer", TYPE_TEXT, IN(config_feed, disclaimer),
        .otherwise = "the usual sentence, in the site's language", .flags = KEY_EDITORIAL,
        .about = "Under every story. `{agency}` and `{site}` are filled in."},
    {"timezone", TYPE_ZONE, IN(config_feed, zone), .otherwise = "none", .flags = KEY_EDITORIAL,
        .about = "For times without a zone. Without it an embargo that names no zone is held for "
                 "the desk."},
    {"folder", TYPE_PATH, IN(config_feed, folder),
        .about = "A watched folder into which the wire's files are moved."},
    {"poll", TYPE_GROUP, 0, .group = &poll_group,
        .about = "What the house asks for by itself, from an agency's server."},
    {"push_key_file", TYPE_KEY_FILE, IN(config_feed, push_key_file),
        .about = "File with the key that signs HTTP pushes to `/push/NAME`. Without it there is no "
                 "push door."},
    {"languages", TYPE_TEXTS, LIST(config_feed, languages, language_count), .flags = KEY_EDITORIAL,
        .about = "Languages that the licence covers; others are held. Empty: all."},
    {"pictures", TYPE_FLAG, IN(config_feed, pictures), .otherwise = "no", .flags = KEY_EDITORIAL,
        .about = "Whether the licence covers pictures."},
    {"comments", TYPE_FLAG, IN(config_feed, comments), .otherwise = "no", .flags = KEY_EDITORIAL,
        .about = "Whether readers may comment on its stories, where the site has comments."},
    {"fetch_pictures", TYPE_FLAG, IN(config_feed, fetch_pictures), .otherwise = "no",
        .flags = KEY_EDITORIAL,
        .about = "Whether pictures that its items name by an http(s) URL are fetched; only from "
                 "public addresses, and only where `pictures` is yes."},
    {"embeds", TYPE_FLAG, IN(config_feed, embeds), .otherwise = "no", .flags = KEY_EDITORIAL,
        .about = "Whether videos and posts of others that its texts show may be loaded into our "
                 "pages, behind a click: the agency's licence does not cover them. With `no` they "
                 "are links."},
    {"silent_after_minutes", TYPE_COUNT, IN(config_feed, silent_after_minutes), .max = 10080,
        .otherwise = "0 (never)", .about = "An alarm when nothing has come for so long."},
    {"silent_by_rhythm", TYPE_CHOICE, IN(config_feed, silent_by_rhythm), .words = "yes|no",
        .otherwise = "yes",
        .about = "An alarm when nothing has come for a time in which, at the same hours of each of "
                 "the last four weeks, at least five deliveries came. Two weeks have to be known."},
    {"gaps_by_number", TYPE_CHOICE, IN(config_feed, gaps_by_number), .words = "yes|no",
        .otherwise = "yes",
        .about = "An alarm when messages are missing in the numbers that the agency gives them, "
                 "where it numbers them one by one: for feeds that bring a part of a service, and "
                 "often all of it, `no`."},
    {"index", TYPE_CHOICE, IN(config_feed, index), .words = "yes|no|no-news", .otherwise = "yes",
        .flags = KEY_EDITORIAL,
        .about = "Whether search engines may list its stories; `no-news`: all but news search."},
    {"ai_crawlers", TYPE_CHOICE, IN(config_feed, machines), .words = "no|yes", .otherwise = "no",
        .flags = KEY_EDITORIAL,
        .about = "Whether the licence lets crawlers have its stories that train machines. With "
                 "`no` for one feed robots.txt keeps the known ones out of the whole site, and its "
                 "stories say so themselves ([machines.md](machines.md))."},
    {"retention_days", TYPE_COUNT, IN(config_feed, retention_days), .max = 36500,
        .otherwise = "0 (for ever)", .flags = KEY_EDITORIAL,
        .about = "Days that the licence allows a story to stay."},
    {"contract_ends", TYPE_INSTANT, IN(config_feed, contract_ends), .otherwise = "never",
        .flags = KEY_EDITORIAL,
        .about =
            "A date, or a date and a time, from which on no story of this feed is shown: all leave "
            "at that instant. Without a zone it is the site's."},
    {"locked", TYPE_FLAG, IN(config_feed, locked), .otherwise = "no", .flags = KEY_EDITORIAL,
        .about = "Whether the licence keeps its words as they are: editors may stop a story, and "
                 "give it no headline of their own."},
    {"no_gallery", TYPE_FLAG, IN(config_feed, no_gallery), .otherwise = "no",
        .flags = KEY_EDITORIAL,
        .about = "Whether the licence forbids its pictures in galleries. A duty that is told."},
    {"territory", TYPE_TEXTS, LIST(config_feed, territory, territory_count), .flags = KEY_EDITORIAL,
        .about = "Countries that the licence covers, by their codes: `[GB, IE]`. Elsewhere its "
                 "stories are on no list and their pages answer 451 "
                 "([territory.md](territory.md))."},
    {"territory_except", TYPE_TEXTS, LIST(config_feed, territory_except, territory_except_count),
        .flags = KEY_EDITORIAL,
        .about = "Countries that the licence leaves out, instead of `territory`."},
    {"territory_kept_by", TYPE_CHOICE, IN(config_feed, territory_keeper), .words = "site|proxy",
        .otherwise = "site", .flags = KEY_EDITORIAL,
        .about = "Who keeps its stories from readers elsewhere. `proxy`: something in front does, "
                 "and here the duty is only told."},
    {"takedown_minutes", TYPE_COUNT, IN(config_feed, takedown_minutes), .max = 10080,
        .otherwise = "0 (none)", .flags = KEY_EDITORIAL,
        .about = "Within how many minutes of the agency's word a withdrawn story has to be gone."},
    {"on_kill", TYPE_CHOICE, IN(config_feed, kill), .words = "gone|not-found", .otherwise = "gone",
        .flags = KEY_EDITORIAL,
        .about = "What a killed story's URL answers: 410 with a notice, or 404."},
    {"late_embargo", TYPE_CHOICE, IN(config_feed, late_embargo), .words = "hide|keep",
        .otherwise = "hide", .flags = KEY_EDITORIAL,
        .about = "When a public story gets an embargoed version: hide it until then, or keep the "
                 "version before it up, until the new one is decided."},
    {"limits", TYPE_GROUP, 0, .group = &limit_group, .flags = KEY_EDITORIAL,
        .about = "Bounds of what it may do by itself."},
    {"shadow", TYPE_FLAG, IN(config_feed, shadow), .otherwise = "no", .flags = KEY_EDITORIAL,
        .about =
            "A new feed on trial: all that comes is read and decided, the desk sees what would "
            "be public, and readers see nothing of it until the desk's act `go-live`."},
    {"history", TYPE_CHOICE, IN(config_feed, history), .words = "changes|none|full",
        .otherwise = "changes", .flags = KEY_EDITORIAL,
        .about =
            "What a story's page of revisions tells beside times, labels and reasons: which of "
            "its present words are new; nothing; or also what plain updates took out. What a "
            "correction took out is not told."},
};
static const struct group feed_group = {"The wires that come in, by name.", feed_keys,
    COUNT(feed_keys), .item_bytes = sizeof(struct config_feed), .name_at = IN(config_feed, name),
    .line_at = IN(config_feed, line), .merges = true};

static const struct key rule_keys[] = {
    {"name", TYPE_TEXT, IN(config_rule, name), .flags = KEY_EDITORIAL,
        .about = "For the desk's list of reasons."},
    {"feeds", TYPE_NAMES, LIST(config_rule, feeds, feed_count), .flags = KEY_EDITORIAL,
        .about = "Condition: it came by one of these feeds."},
    {"subjects", TYPE_TEXTS, LIST(config_rule, subjects, subject_count), .flags = KEY_EDITORIAL,
        .about = "Condition: one of these subjects, written as a section's."},
    {"genres", TYPE_TEXTS, LIST(config_rule, genres, genre_count), .flags = KEY_EDITORIAL,
        .about = "Condition: one of these genres."},
    {"languages", TYPE_TEXTS, LIST(config_rule, languages, language_count), .flags = KEY_EDITORIAL,
        .about = "Condition: one of these languages."},
    {"keywords", TYPE_TEXTS, LIST(config_rule, keywords, keyword_count), .flags = KEY_EDITORIAL,
        .about = "Condition: a keyword, a word of the slugline, or a pattern with `*`."},
    {"texts", TYPE_TEXTS, LIST(config_rule, texts, text_count), .flags = KEY_EDITORIAL,
        .about = "Condition: these words in headline, slugline, summary or text, as whole words; "
                 "case does not matter. A `*` at an end leaves it open: `exit poll*`."},
    {"sections", TYPE_NAMES, LIST(config_rule, sections_in, section_in_count),
        .flags = KEY_EDITORIAL, .about = "Condition: its subjects lead to one of these sections."},
    {"places", TYPE_TEXTS, LIST(config_rule, places, place_count), .flags = KEY_EDITORIAL,
        .about = "Condition: it is about one of these places, by name, code or pattern, or its "
                 "dateline names one."},
    {"sources", TYPE_TEXTS, LIST(config_rule, sources, source_count), .flags = KEY_EDITORIAL,
        .about = "Condition: its provider or credit line is one of these, or a pattern with "
                 "`*`."},
    {"from", TYPE_INSTANT, IN(config_rule, from), .flags = KEY_EDITORIAL,
        .about = "Condition: it came, or its embargo ends, at or after this date or time of the "
                 "site's zone. A date alone is its first moment."},
    {"until", TYPE_INSTANT, IN(config_rule, until), .flags = KEY_EDITORIAL,
        .about = "Condition: it came, or its embargo ends, before this date or time."},
    {"hours", TYPE_TEXT, IN(config_rule, hours), .flags = KEY_EDITORIAL,
        .about = "Condition: between these times of the site's zone: `08:00-20:00`, or over "
                 "midnight `22:00-06:00`."},
    {"days", TYPE_NAMES, LIST(config_rule, days, day_count), .flags = KEY_EDITORIAL,
        .about = "Condition: on one of these days: `mon`, `tue`, `wed`, `thu`, `fri`, `sat`, "
                 "`sun`. A night belongs to the day on which it begins."},
    {"urgency_min", TYPE_COUNT, IN(config_rule, urgency_min), .max = 9, .flags = KEY_EDITORIAL,
        .about = "Condition: urgency at least this number (1 is the most urgent)."},
    {"urgency_max", TYPE_COUNT, IN(config_rule, urgency_max), .max = 9, .flags = KEY_EDITORIAL,
        .about = "Condition: urgency at most this number."},
    {"to_section", TYPE_NAME, IN(config_rule, to_section), .flags = KEY_EDITORIAL,
        .about = "What to do: put it into this section."},
    {"add_tags", TYPE_TEXTS, LIST(config_rule, add_tags, add_tag_count), .flags = KEY_EDITORIAL,
        .about = "What to do: add these tags."},
    {"noindex", TYPE_FLAG, IN(config_rule, noindex), .otherwise = "no", .flags = KEY_EDITORIAL,
        .about = "What to do: keep it out of search engines."},
    {"no_push", TYPE_FLAG, IN(config_rule, no_push), .otherwise = "no", .flags = KEY_EDITORIAL,
        .about = "What to do: tell subscribers and hubs nothing of its publication and updates. "
                 "They are told when it is withdrawn, and of a correction to what they were "
                 "told."},
    {"pin_minutes", TYPE_COUNT, IN(config_rule, pin_minutes), .max = 10080, .flags = KEY_EDITORIAL,
        .about = "What to do: let it lead the front page for so long, from its publication or "
                 "last update on."},
    {"action", TYPE_CHOICE, IN(config_rule, action), .words = "none|publish|hold|drop|wait",
        .otherwise = "none", .flags = KEY_EDITORIAL,
        .about = "What to do: the first rule that fits and has an action decides. `hold`: until "
                 "the desk publishes it. `drop`: as hold, but the desk's list names it as "
                 "dropped. `wait`: until its `until`, `hours` or `days` are over, then it is "
                 "published by itself. No rule releases what the agency or the desk holds."},
    {"shadow", TYPE_FLAG, IN(config_rule, shadow), .otherwise = "no", .flags = KEY_EDITORIAL,
        .about = "A new rule on trial: it does nothing, and the desk sees what it would do."},
    {"line", TYPE_LINE, IN(config_rule, line), .flags = KEY_EDITORIAL | KEY_OURS, .about = ""},
};
static const struct group rule_group = {
    "Routing rules, in order. All conditions of a rule must hold; within a list any one does.",
    rule_keys, COUNT(rule_keys), .item_bytes = sizeof(struct config_rule), .name_at = SIZE_MAX,
    .line_at = IN(config_rule, line)};

static const struct key page_keys[] = {
    {"name", TYPE_NAME, IN(config_page, name), .flags = KEY_EDITORIAL | KEY_NEEDED,
        .about = "In the URL: `/page/NAME`."},
    {"title", TYPE_TEXT, IN(config_page, title), .otherwise = "the name", .flags = KEY_EDITORIAL,
        .about = "Its heading."},
    {"file", TYPE_PATH, IN(config_page, file),
        .about = "A file of plain HTML; scripts and styles are taken out."},
    {"html", TYPE_HTML, IN(config_page, body), .flags = KEY_EDITORIAL,
        .about = "The HTML itself, instead of a file."},
};
static const struct group page_group = {"House pages: imprint, privacy and their like.", page_keys,
    COUNT(page_keys), .item_bytes = sizeof(struct config_page), .name_at = IN(config_page, name),
    .line_at = SIZE_MAX};

static const struct key front_keys[] = {
    {"items", TYPE_COUNT, IN(config, front_items), .min = 5, .max = 200, .otherwise = "40",
        .flags = KEY_EDITORIAL, .about = "Stories on the front page."},
    {"section_items", TYPE_COUNT, IN(config, section_items), .min = 5, .max = 200,
        .otherwise = "30", .flags = KEY_EDITORIAL,
        .about = "Stories on a page of a section or tag."},
    {"feed_items", TYPE_COUNT, IN(config, feed_items), .min = 5, .max = 200, .otherwise = "50",
        .flags = KEY_EDITORIAL, .about = "Stories in RSS, Atom and JSON Feed."},
    {"top", TYPE_CHOICE, IN(config, front_top), .words = "at-once|after-minutes|approved",
        .otherwise = "at-once", .flags = KEY_EDITORIAL,
        .about = "When a story may take the front's first place: at once by its weight, some "
                 "minutes after it was published, or only by the desk's act `lead`. A flash, and "
                 "what rests on one source, never does before a full story or that act."},
    {"top_minutes", TYPE_COUNT, IN(config, front_top_minutes), .min = 1, .max = 1440,
        .otherwise = "10", .flags = KEY_EDITORIAL, .about = "The minutes of `after-minutes`."},
};
static const struct group front_group = {"How many stories stand where.", front_keys,
    COUNT(front_keys), .name_at = SIZE_MAX, .line_at = SIZE_MAX};

static const struct key tls_keys[] = {
    {"certificate", TYPE_PATH, IN(config, tls_cert),
        .about = "PEM file with the certificate and its chain; read again at `broadsheet reload`."},
    {"key", TYPE_KEY_FILE, IN(config, tls_key), .about = "PEM file with its private key."},
};
static const struct group tls_group = {"TLS by the server itself, where no proxy stands before it.",
    tls_keys, COUNT(tls_keys), .name_at = SIZE_MAX, .line_at = SIZE_MAX};

static const struct key hsts_keys[] = {
    {"days", TYPE_COUNT, IN(config, hsts_days), .max = 730,
        .otherwise = "0 (the header is not sent)",
        .about = "For so long browsers speak nothing but TLS with the site. Begin with 1."},
    {"subdomains", TYPE_FLAG, IN(config, hsts_subdomains), .otherwise = "no",
        .about = "Also with every name below the site's."},
    {"preload", TYPE_FLAG, IN(config, hsts_preload), .otherwise = "no",
        .about = "The site may stand in browsers' own lists, which it leaves in months at best."},
};
static const struct group hsts_group = {
    "Strict-Transport-Security, sent over TLS alone. See [tls.md](tls.md).", hsts_keys,
    COUNT(hsts_keys), .name_at = SIZE_MAX, .line_at = SIZE_MAX};

static const struct key server_keys[] = {
    {"listen", TYPE_ADDRESSES, LIST(config, listen, listen_count), .otherwise = "127.0.0.1:8080",
        .about = "`127.0.0.1:8080`, `[::1]:8080`, `:8080` or `unix:/run/broadsheet/web`; one or a "
                 "list."},
    {"plain_listen", TYPE_ADDRESSES, LIST(config, plain_listen, plain_listen_count),
        .about = "With `tls`: doors without it, such as `:80`, beside those of `listen`."},
    {"redirect", TYPE_FLAG, IN(config, redirect), .otherwise = "no",
        .about = "Whoever asks without TLS where `site.url` begins with https, or by the site's "
                 "name with or without `www.`, is led to the same address at `site.url`."},
    {"acme_folder", TYPE_PATH, IN(config, acme_folder),
        .about = "The webroot of an ACME client: its challenges in `.well-known/acme-challenge/` "
                 "below it are answered. See [tls.md](tls.md)."},
    {"trusted_proxies", TYPE_NETWORKS, LIST(config, trusted_proxies, trusted_proxy_count),
        .about = "Addresses or networks whose X-Forwarded-For is believed, such as `127.0.0.1` or "
                 "`10.0.0.0/8`."},
    {"proxy_protocol", TYPE_FLAG, IN(config, proxy_protocol), .otherwise = "no",
        .about = "Connections begin with HAProxy's PROXY line."},
    {"tls", TYPE_GROUP, 0, .group = &tls_group, .about = "TLS."},
    {"hsts", TYPE_GROUP, 0, .group = &hsts_group, .about = "Nothing but TLS from now on."},
    {"threads", TYPE_COUNT, IN(config, threads), .max = 64,
        .otherwise = "0 (processors, at most 8)", .about = "Threads that answer readers."},
    {"queue_ms", TYPE_COUNT, IN(config, queue_ms), .min = 1, .max = 60000, .otherwise = "2000",
        .about = "Whoever has waited longer for his turn is answered 503 with Retry-After; pushes, "
                 "hubs and `/health` are answered all the same."},
    {"log", TYPE_CHOICE, IN(config, log), .words = "debug|info|warn|error", .otherwise = "info",
        .about = "The least that is written to the log ([operations.md](operations.md#the-log))."},
};
static const struct group server_group = {"How the server is reached.", server_keys,
    COUNT(server_keys), .name_at = SIZE_MAX, .line_at = SIZE_MAX};

static const struct key subscriber_keys[] = {
    {"name", TYPE_NAME, IN(config_subscriber, name), .flags = KEY_NEEDED,
        .about = "For the list of what was sent."},
    {"url", TYPE_LINK, IN(config_subscriber, url), .flags = KEY_NEEDED,
        .about = "Where the message is posted."},
    {"secret_file", TYPE_KEY_FILE, IN(config_subscriber, secret_file), .flags = KEY_NEEDED,
        .about = "File with the key that signs the messages, as pushes to us are signed "
                 "([push.md](push.md))."},
};
static const struct group subscriber_group = {
    "Who is told by HTTP what is published, changed and withdrawn.", subscriber_keys,
    COUNT(subscriber_keys), .item_bytes = sizeof(struct config_subscriber),
    .name_at = IN(config_subscriber, name), .line_at = SIZE_MAX};

static const struct key syndication_keys[] = {
    {"hubs", TYPE_TEXTS, LIST(config, hubs, hub_count), .flags = KEY_EDITORIAL,
        .about = "WebSub hubs: named in the feeds, and pinged when these change."},
    {"subscribers", TYPE_ITEMS, LIST(config, subscribers, subscriber_count),
        .group = &subscriber_group, .about = "Who is told by HTTP."},
};
static const struct group syndication_group = {"What goes out, besides pages and feeds.",
    syndication_keys, COUNT(syndication_keys), .name_at = SIZE_MAX, .line_at = SIZE_MAX};

static const struct key mail_keys[] = {
    {"server", TYPE_TEXT, IN(config, mail_server), .otherwise = "smtp://127.0.0.1:25",
        .about =
            "`smtp://host:port`, or `smtps://` for TLS from the first byte. With a user TLS is "
            "demanded."},
    {"from", TYPE_TEXT, IN(config, mail_from), .about = "The sender's address."},
    {"to", TYPE_TEXTS, LIST(config, mail_to, mail_to_count), .about = "Who is told."},
    {"user", TYPE_TEXT, IN(config, mail_user), .about = "Where the server wants one."},
    {"password_file", TYPE_KEY_FILE, IN(config, mail_password_file),
        .about = "File with the user's password."},
};
static const struct group mail_group = {
    "Alarms by mail.", mail_keys, COUNT(mail_keys), .name_at = SIZE_MAX, .line_at = SIZE_MAX};

static const struct key alarm_keys[] = {
    {"mail", TYPE_GROUP, 0, .group = &mail_group, .about = "By mail."},
    {"webhook", TYPE_LINK, IN(config, alarm_webhook),
        .about = "By HTTP: a JSON message is posted."},
    {"secret_file", TYPE_KEY_FILE, IN(config, alarm_secret_file),
        .about = "File with the key that signs the webhook's messages; without it they are not "
                 "signed."},
    {"command", TYPE_PATH, IN(config, alarm_command),
        .about = "A program that is run for each alarm: kind and subject as arguments, the text on "
                 "its standard input."},
    {"quiet", TYPE_TEXTS, LIST(config, quiet, quiet_count),
        .about = "Kinds that only go to the log."},
};
static const struct group alarm_group = {
    "How people are told when something needs them. Try it with `broadsheet alarm test`.",
    alarm_keys, COUNT(alarm_keys), .name_at = SIZE_MAX, .line_at = SIZE_MAX};

static const struct key outgoing_keys[] = {
    {"allow", TYPE_NETWORKS, LIST(config, reachable, reachable_count),
        .about = "Networks that fetches of what a wire names may reach although they are not "
                 "public."},
};
static const struct group outgoing_group = {"What may be reached from here.", outgoing_keys,
    COUNT(outgoing_keys), .name_at = SIZE_MAX, .line_at = SIZE_MAX};

static const struct key purge_keys[] = {
    {"name", TYPE_NAME, IN(config_purge, name), .flags = KEY_NEEDED,
        .about = "For receipts, alarms and `broadsheet purge-cdn`."},
    {"url", TYPE_LINK, IN(config_purge, url), .flags = KEY_NEEDED,
        .about = "Where the request goes. By URL with `PURGE` or `BAN`: the cache's scheme, host "
                 "and port; the page's path is put behind it, and the site's name is its Host."},
    {"method", TYPE_WORD, IN(config_purge, method), .words = "PURGE|BAN|POST", .otherwise = "PURGE",
        .about = "The request's method."},
    {"by", TYPE_CHOICE, IN(config_purge, by), .words = "key|url", .otherwise = "key",
        .about = "What is named: keys (whatever shows the story, under any address), or addresses "
                 "one by one."},
    {"header", TYPE_TEXT, IN(config_purge, header), .otherwise = "xkey-purge; with POST: none",
        .about = "The header that names the keys. POST without it sends JSON: `{\"tags\":[…]}`, "
                 "by URL `{\"files\":[…]}`."},
    {"secret_header", TYPE_TEXT, IN(config_purge, secret_header),
        .about = "A header whose value is the content of `secret_file`, such as `Fastly-Key` or "
                 "`Authorization`."},
    {"secret_file", TYPE_KEY_FILE, IN(config_purge, secret_file),
        .about = "File with that header's value, such as `Bearer …`."},
    {"private", TYPE_FLAG, IN(config_purge, is_private), .otherwise = "no",
        .about = "The cache may have a private address or another port than 80 and 443."},
    {"at_once", TYPE_COUNT, IN(config_purge, at_once), .min = 1, .max = 6, .otherwise = "4",
        .about = "Requests under way at a time."},
};
static const struct group purge_group = {"Caches in front that are told at once what to drop.",
    purge_keys, COUNT(purge_keys), .item_bytes = sizeof(struct config_purge),
    .name_at = IN(config_purge, name), .line_at = SIZE_MAX};

static const struct key cdn_keys[] = {
    {"keys", TYPE_WORD, IN(config, cdn_keys), .words = "xkey|Surrogate-Key|Cache-Tag",
        .otherwise = "none",
        .about = "The header that names what a page shows, so that a cache can drop it by name."},
    {"lifetime", TYPE_WORD, IN(config, cdn_lifetime),
        .words = "Surrogate-Control|CDN-Cache-Control|X-Accel-Expires|Cache-Control",
        .otherwise = "none",
        .about = "The header that lets the cache in front, and nobody else, keep pages. "
                 "`Cache-Control` (`s-maxage`) is for services that know no other: it is read by "
                 "every cache on the way, but for browsers."},
    {"seconds", TYPE_COUNT, IN(config, cdn_seconds), .min = 1, .max = 3600, .otherwise = "30",
        .about = "How long; never beyond the instant at which the page changes by itself."},
    {"stale_seconds", TYPE_COUNT, IN(config, cdn_stale_seconds), .max = 300, .otherwise = "0",
        .about = "For so long after that a cache may show a page while it fetches a fresh one "
                 "(`stale-while-revalidate`); only where every cache is told by key what to drop."},
    {"purge", TYPE_ITEMS, LIST(config, purges, purge_count), .group = &purge_group,
        .about = "Who is told. See [cdn.md](cdn.md)."},
    {"command", TYPE_TEXTS, LIST(config, purge_command, purge_command_count),
        .about = "A program and its arguments, run without a shell: lines `key NAME` and `url "
                 "ADDRESS` on its standard input. It has succeeded when it ends with 0."},
    {"command_file", TYPE_KEY_FILE, IN(config, purge_command_file),
        .about = "A file that the program may read, with its token; its name is the last "
                 "argument."},
};
static const struct group cdn_group = {"Caches in front: what they may keep, and how they are told "
                                       "to drop it.",
    cdn_keys, COUNT(cdn_keys), .name_at = SIZE_MAX, .line_at = SIZE_MAX};

static const struct key desk_keys[] = {
    {"listen", TYPE_ADDRESSES, LIST(config, desk_listen, desk_listen_count), .otherwise = "none",
        .about = "`127.0.0.1:8081`, `[::1]:8081` or `unix:/run/broadsheet/desk`: one address. "
                 "Without it there is no desk in the browser. See [desk.md](desk.md)."},
};
static const struct group desk_group = {"The desk in the browser, on a door of its own.", desk_keys,
    COUNT(desk_keys), .name_at = SIZE_MAX, .line_at = SIZE_MAX};

/* What IPTC's file said, for the ledger: every decision is made again by the topics of its time. */
static const struct key topic_keys[] = {
    {"code", TYPE_LINE, IN(config_topic, code), .flags = KEY_EDITORIAL | KEY_OURS, .about = ""},
    {"broader", TYPE_LINE, IN(config_topic, broader), .flags = KEY_EDITORIAL | KEY_OURS,
        .about = ""},
    {"old", TYPE_LINE, IN(config_topic, old), .flags = KEY_EDITORIAL | KEY_OURS, .about = ""},
    {"wider", TYPE_FLAG, IN(config_topic, is_wider), .flags = KEY_EDITORIAL | KEY_OURS,
        .about = ""},
    {"name", TYPE_TEXT, IN(config_topic, name), .flags = KEY_EDITORIAL | KEY_OURS, .about = ""},
};
static const struct group topic_group = {"", topic_keys, COUNT(topic_keys),
    .item_bytes = sizeof(struct config_topic), .name_at = SIZE_MAX, .line_at = SIZE_MAX};

static const struct key root_keys[] = {
    {"site", TYPE_GROUP, 0, .group = &site_group, .flags = KEY_EDITORIAL,
        .about = "The site itself."},
    {"masthead", TYPE_GROUP, 0, .group = &masthead_group, .flags = KEY_EDITORIAL,
        .about = "The parent site's masthead and menu."},
    {"feeds", TYPE_ITEMS, LIST(config, feeds, feed_count), .group = &feed_group,
        .flags = KEY_EDITORIAL, .about = "The wires that come in."},
    {"sections", TYPE_ITEMS, LIST(config, sections, section_count), .group = &section_group,
        .otherwise = "ten, by subject", .flags = KEY_EDITORIAL, .about = "The sections."},
    {"rules", TYPE_ITEMS, LIST(config, rules, rule_count), .group = &rule_group,
        .flags = KEY_EDITORIAL, .about = "Routing rules."},
    {"pages", TYPE_ITEMS, LIST(config, pages, page_count), .group = &page_group,
        .flags = KEY_EDITORIAL, .about = "House pages."},
    {"front", TYPE_GROUP, 0, .group = &front_group, .flags = KEY_EDITORIAL,
        .about = "How many stories stand where."},
    {"live", TYPE_GROUP, 0, .group = &schema_live, .flags = KEY_EDITORIAL,
        .about = "Running stories."},
    {"offline", TYPE_GROUP, 0, .group = &schema_offline, .flags = KEY_EDITORIAL,
        .about = "Reading without a line."},
    {"syndication", TYPE_GROUP, 0, .group = &syndication_group, .flags = KEY_EDITORIAL,
        .about = "What goes out, besides pages and feeds."},
    {"audience", TYPE_GROUP, 0, .group = &audience_group, .flags = KEY_EDITORIAL,
        .about = "What is counted of readers, and what they are offered."},
    {"share", TYPE_GROUP, 0, .group = &share_group, .flags = KEY_EDITORIAL,
        .about = "How readers pass a story on."},
    {"channels", TYPE_ITEMS, LIST(config, audience.channels, audience.channel_count),
        .group = &channel_group, .flags = KEY_EDITORIAL,
        .about = "Where else readers find the publisher."},
    {"support", TYPE_GROUP, 0, .group = &support_group, .flags = KEY_EDITORIAL,
        .about = "Readers' support."},
    {"ads", TYPE_GROUP, 0, .group = &ads_group, .flags = KEY_EDITORIAL, .about = "Advertisements."},
    {"tag", TYPE_GROUP, 0, .group = &tag_group, .flags = KEY_EDITORIAL,
        .about = "One script of others, for readers who have said yes."},
    {"comments", TYPE_GROUP, 0, .group = &schema_comments, .flags = KEY_EDITORIAL,
        .about = "What is done about readers' comments."},
    {"organisation", TYPE_GROUP, 0, .group = &schema_organisation, .flags = KEY_EDITORIAL,
        .about = "The publisher in structured data."},
    {"grievance", TYPE_GROUP, 0, .group = &schema_grievance, .flags = KEY_EDITORIAL,
        .about = "Who hears complaints, and by when."},
    {"crawlers", TYPE_GROUP, 0, .group = &schema_crawlers, .flags = KEY_EDITORIAL,
        .about = "Crawlers that train machines."},
    {"public", TYPE_PATH, IN(config, public_folder),
        .otherwise = "`public` beside this file, where it is there",
        .about = "A folder whose files are served as they are, at the root: `ads.txt`, "
                 "`.well-known/security.txt`, files that prove whose site it is. It is read at the "
                 "start and at `broadsheet reload`."},
    {"editions", TYPE_ITEMS, LIST(config, editions, edition_count), .group = &edition_group,
        .flags = KEY_EDITORIAL, .about = "The same paper in other languages."},
    {"topics", TYPE_ITEMS, LIST(config, topics, topic_count), .group = &topic_group,
        .flags = KEY_EDITORIAL | KEY_OURS, .about = ""},
    {"alarms", TYPE_GROUP, 0, .group = &alarm_group, .about = "How people are told."},
    {"outgoing", TYPE_GROUP, 0, .group = &outgoing_group,
        .about = "What may be reached from here."},
    {"cdn", TYPE_GROUP, 0, .group = &cdn_group,
        .about = "Caches in front: what they may keep, and how they are told to drop it."},
    {"theme", TYPE_PATH, IN(config, theme),
        .about = "A folder whose files take the place of those of the built-in theme."},
    {"server", TYPE_GROUP, 0, .group = &server_group, .about = "How the server is reached."},
    {"desk", TYPE_GROUP, 0, .group = &desk_group, .about = "The desk in the browser."},
};
const struct group schema_root = {
    "", root_keys, COUNT(root_keys), .name_at = SIZE_MAX, .line_at = SIZE_MAX};
