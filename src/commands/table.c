/* table: every verb of the shipped commands; --help and the manual page are printed from it. */
#include "commands.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

const struct command command_table[] = {
    {"init", command_init,
        "[--to FOLDER] [--data DIR] [--name TEXT] [--url URL] [--language LANGUAGE] [--timezone "
        "ZONE] [--agency NAME] [--folder FOLDER] [--mail ADDRESS] [--mail-server URL] [--account "
        "NAME] [--password-file FILE] [--yes]",
        "begin a site: six questions, or their answers by options (--yes: the rest by itself); "
        "writes the site file, house pages and an account, and says what is missing"},
    {"serve", command_serve,
        "--data DIR [--wire FOLDER] [--listen ADDR]... [--config FILE] [--theme DIR] [--desk ADDR] "
        "[--one] [--dev]",
        "run the site: what arrives is published"},
    {"check", command_check,
        "--config FILE | --audit --data DIR | --upgrade --data DIR [--config FILE]",
        "check a configuration; every checksum and chain of a data directory; whether this program "
        "may follow the one that serves it"},
    {"reload", command_reload, "--data DIR [--yes TOKEN]",
        "put a changed configuration in force without dropping a connection"},
    {"restart", command_restart, "--data DIR",
        "put the program that was installed meanwhile in the place of the one that runs: by the "
        "same doors, and no request fails"},
    {"read", command_read, "FILE...", "print wire files as ninjs 3.0, one line an item"},
    {"convert", command_convert, "--to ninjs|newsml-g2|rss|text [--own] FILE...",
        "print wire files in another format, for partners"},
    {"rules", command_rules,
        "test [--config FILE] [--feed NAME] [--at TIME] [--json] WIREFILE... | dry-run --config "
        "NEW --data DIR [--days N] [--json]",
        "what the rules would do with wire files, each decision with its line; or, dry-run, with "
        "what has come"},
    {"replay", command_replay,
        "--data DIR [--config NEW | --rules NEW] [--as-read] [--days N] [--limit N] [--scratch "
        "FOLDER] [--json]",
        "which pages would be otherwise, read again by this program and decided by another "
        "configuration; exit 1: more than need a second yes"},
    {"push", command_push, "--url URL --key FILE FILE...|-",
        "deliver wire files, or standard input, to a site by signed HTTP push"},
    {"import", command_import,
        "wxr FILE --data DIR [--feed NAME] [--wire FEED] [--types LIST] [--meta-key NAME] "
        "[--agencies LIST] [--category-base NAME] [--tag-base NAME] [--uploads FOLDER] "
        "[--report FILE] | redirects FILE --data DIR | "
        "--verify FILE --site URL",
        "take over a WordPress export with every old address; a table of redirects; ask the new "
        "site for every old address, exit 1: one is wrong"},
    {"takedown", command_act, "--data DIR [--reason TEXT] URL|GUID",
        "take a story off every page at once; it stays down until lifted"},
    {"receipt", command_receipt,
        "--data DIR [--html|--json|--jws] URL|GUID | verify FILE [--key HEX] | key [--all] | "
        "rotate",
        "what every surface answered after a story was withdrawn, signed, for the agency"},
    {"lift", command_act, "--data DIR URL|GUID", "lift a takedown or a kill of the desk's own"},
    {"purge", command_purge, "--data DIR [--config SITE] [--reason TEXT] URL|GUID",
        "forget a story: its bytes leave ledger, store and done/; cannot be undone"},
    {"prune", command_prune, "--data DIR --config SITE [--days N] [--dry-run]",
        "delete raw files in done/ that the ledger has, and renditions, once they are older than "
        "30 "
        "days or than their licence; the ledger stays as it is"},
    {"reader", command_reader,
        "export|erase --data DIR [--yes] NAME|ADDRESS|COMMENT|COMPLAINT|CONTACT...",
        "all that is kept of one reader's comments and complaints, as JSON; or its erasure, for "
        "good"},
    {"purge-cdn", command_purge_cdn, "--data DIR URL|GUID|all",
        "tell every configured cache in front to drop a story, or all, and say what they answered"},
    {"publish", command_act, "--data DIR URL|GUID",
        "publish a held story (embargoes and kills stay)"},
    {"hold", command_act, "--data DIR URL|GUID", "hold a story back"},
    {"pause", command_act, "--data DIR [all|FEED|SECTION]",
        "stop new stories and updates; kills still act"},
    {"resume", command_act, "--data DIR [all|FEED|SECTION] [--publish all|ID,ID... | --hold]",
        "go on after a pause; shows what waits behind it, and asks what becomes of that"},
    {"desk", command_desk,
        "account|token|audit|live|held|quarantine|alarms|pauses|kept-back|shadow|takedowns|"
        "comments|waiting|complaints|complaint|"
        "acts|show|ACT --data DIR "
        "[WORD]... [--role ROLE] [--password-file FILE] [--text TEXT] [--picture NAME] [--reason "
        "TEXT] [--reference "
        "TEXT] [--requested-by NAME] [--deadline TIME] [--confirm STORY] [--address ADDR] "
        "[--page N] [--json]",
        "the desk in the terminal: accounts, what is public and held and why, and every act"},
    {"quarantine", command_quarantine,
        "list [--json] | show [--raw] ID | retry all|ID... | drop [--reason TEXT] all|ID... --data "
        "DIR",
        "what could not be read: list it, show the place, read it again, drop it from the list; "
        "exit 65: something still cannot be read"},
    {"as-of", command_as_of, "--data DIR [--json] TIME [front|section:NAME|URL|GUID]",
        "what the front or a story showed at an instant; what was withdrawn since stays so"},
    {"duties", command_duties, "--data DIR [--config FILE] [--all] [--json] [URL|GUID]",
        "what the licences want of each story that is not met; --config: pages are looked at in "
        "its theme; exit 1: there is something"},
    {"audience", command_audience,
        "--data DIR [--from DAY] [--to DAY] [--format csv|json] [--referrers]",
        "which stories were read, for how long, and from where readers came; --format: every day's "
        "sums, of stories or, as CSV, --referrers"},
    {"status", command_status, "--data DIR [--held] [--json] [--watch]",
        "what is running, held, quarantined, and what each feed brings; --held: each held story "
        "and why; --watch: again each second, until q; exit 0 healthy, 1 degraded, 2 down"},
    {"alarm", command_alarm,
        "test --data DIR | raise KIND FEED --data DIR | clear KIND FEED --data DIR",
        "send a test alarm by every way that is configured, and say what became of it; raise or "
        "clear one for a feed, its text on standard input"},
    {"backup", command_backup, "--data DIR --to FOLDER [--whole] | --to - | --follow",
        "copy ledger and tombstones while running, and verify the copy: into a folder, what is new "
        "in it; as a tar on standard output; --follow: for a spare"},
    {"restore", command_restore, "--from FOLDER|- --data DIR",
        "bring a backup back; tombstones are united, never replaced"},
    {"spare", command_spare, "--from ssh://[USER@]HOST[:PORT]/DIR|DIR --data SPARE [--ssh COMMAND]",
        "follow a site's ledger and tombstones, to take its place one day; serves nothing"},
    {"promote", command_promote, "--data SPARE", "make a spare the site, once the old one is off"},
    {"confirm", command_confirm, "--data DIR [--clock | URL|GUID]",
        "show stories again after a restore without tombstones; --clock: the wall clock is right; "
        "a story: its agency has taken its kill back"},
    {"rebuild", command_rebuild, "--data DIR [--yes N|all]",
        "throw every derived table away and build it again from the ledger; --yes: so many live "
        "pages may change"},
    {"pages", command_pages, "[--language LANGUAGE] FOLDER",
        "write drafts of house pages (about, contact, terms, privacy, corrections) to fill in"},
    {"version", command_version, "", "print the version"},
};
const size_t command_count = COUNT(command_table);

const struct command *command_find(const char *name)
{
    for (size_t i = 0; i < command_count; i++)
        if (strcmp(command_table[i].name, name) == 0) return &command_table[i];
    return NULL;
}

int command_version(int argc, char **argv)
{
    (void)argc, (void)argv;
    printf("broadsheet %s\n", BROADSHEET_VERSION);
    return EX_OK;
}
