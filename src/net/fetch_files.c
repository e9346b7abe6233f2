/* net/fetch_files: what differs where a fetch asks for files of an FTP, FTPS or SFTP server: TLS,
 * host keys, what an answer means. A host key is looked at each time that a line is
 * opened; one that nobody has named is refused, and told. Fatal: no memory. */
#include "net_inside.h"

#include <curl/curl.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

enum {
    CONNECT_MS = 10 * 1000,
    QUIET_S = 20,             /* so long FTP waits for one reply */
    PRINT_BYTES_MAX = 44 + 1, /* of 32 bytes in base64, with its NUL */
};

/* ---- host keys (RFC 4253, 8), printed as OpenSSH does ---- */
struct host {
    struct arena *a;
    const struct net_files *files;
    struct net_fetched *got;
};

static struct span print_of(struct arena *a, const void *key, size_t n)
{
    unsigned char sum[SHA256_DIGEST_LENGTH], text[PRINT_BYTES_MAX];
    SHA256(key, n, sum);
    int made = EVP_EncodeBlock(text, sum, sizeof sum);
    while (made && text[made - 1] == '=') made--;
    return arena_printf(a, "SHA256:%.*s", made, (const char *)text);
}

/* The key's own first field (RFC 4253, 6.6): ssh-ed25519 … */
static struct span kind_of(const unsigned char *key, size_t n)
{
    size_t len = n > 4 ? (size_t)key[2] << 8 | key[3] : 0;
    bool good = len && len <= 64 && len <= n - 4 && !key[0] && !key[1];
    for (size_t i = 0; good && i < len; i++) good = key[4 + i] > ' ' && key[4 + i] < 0x7f;
    return good ? (struct span){(const char *)key + 4, len} : S("unknown kind");
}

static void tell_key(struct host *h, const void *key, size_t n, const char *what)
{
    h->got->key_changed = true;
    h->got->why = arena_printf(h->a,
        "the server's host key is %.*s (%.*s), %s: ask the agency whether it is theirs, then put "
        "it "
        "into %s",
        FMT(print_of(h->a, key, n)), FMT(kind_of(key, n)), what,
        h->files->host_key_count ? "host_keys" : "known_hosts");
}

static int has_print(void *with, int type, const char *key, size_t n)
{
    struct host *h = with;
    (void)type;
    struct span seen = print_of(h->a, key, n);
    for (size_t i = 0; i < h->files->host_key_count; i++)
        if (span_eq(h->files->host_keys[i], seen)) return CURLKHMATCH_OK;
    tell_key(h, key, n, "which is none of host_keys");
    return CURLKHMATCH_MISMATCH;
}

static int is_known(CURL *easy, const struct curl_khkey *known, const struct curl_khkey *found,
    enum curl_khmatch match, void *with)
{
    (void)easy, (void)known;
    if (match == CURLKHMATCH_OK) return CURLKHSTAT_FINE;
    tell_key(with, found->key, found->len,
        match == CURLKHMATCH_MISMATCH ? "and known_hosts has another one"
                                      : "which known_hosts does not have");
    return CURLKHSTAT_REJECT;
}

static void set_ssh(CURL *e, struct host *h, const struct net_fetch *ask)
{
    const struct net_files *f = ask->files;
    bool has_key = f->key_file.n > 0;
    curl_easy_setopt(e, CURLOPT_SSH_AUTH_TYPES,
        has_key ? (long)CURLSSH_AUTH_PUBLICKEY
                : (long)(CURLSSH_AUTH_PASSWORD | CURLSSH_AUTH_KEYBOARD));
    if (has_key) {
        curl_easy_setopt(e, CURLOPT_SSH_PRIVATE_KEYFILE, arena_cstr(h->a, f->key_file));
        curl_easy_setopt(e, CURLOPT_KEYPASSWD, arena_cstr(h->a, ask->password));
    }
    if (f->host_key_count) {
        curl_easy_setopt(e, CURLOPT_SSH_HOSTKEYFUNCTION, has_print);
        curl_easy_setopt(e, CURLOPT_SSH_HOSTKEYDATA, h);
    } else { /* an empty one holds no key, and none is trusted */
        curl_easy_setopt(e, CURLOPT_SSH_KNOWNHOSTS,
            f->known_hosts.n ? arena_cstr(h->a, f->known_hosts) : "/dev/null");
        curl_easy_setopt(e, CURLOPT_SSH_KEYFUNCTION, is_known);
        curl_easy_setopt(e, CURLOPT_SSH_KEYDATA, h);
    }
}

/* ---- FTP ---- */
static void set_ftp(CURL *e, const struct net_files *f)
{
    curl_easy_setopt(e, CURLOPT_USE_SSL, (long)(f->is_plain ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    curl_easy_setopt(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(e, CURLOPT_FTP_SKIP_PASV_IP, 1L);
    curl_easy_setopt(e, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)QUIET_S);
    if (f->list) curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, f->list);
}

/* ---- a question ---- */
void fetch_files_set(void *easy, struct arena *a, const struct net_fetch *ask,
    struct net_fetched *got, struct curl_slist **commands_out)
{
    const struct net_files *f = ask->files;
    struct host *h = ARENA_NEW(a, struct host);
    *h = (struct host){a, f, got};
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(easy, CURLOPT_USERNAME, arena_cstr(a, ask->user));
    curl_easy_setopt(easy, CURLOPT_PASSWORD, arena_cstr(a, f->key_file.n ? S("") : ask->password));
    curl_easy_setopt(easy, CURLOPT_FILETIME, (long)!f->list);
    curl_easy_setopt(easy, CURLOPT_NOBODY, (long)(f->is_looked_at || f->command_count));
    if (span_starts_nocase(ask->url, S("sftp:")))
        set_ssh(easy, h, ask);
    else
        set_ftp(easy, f);
    for (size_t i = 0; i < f->command_count; i++)
        *commands_out = curl_slist_append(*commands_out, arena_cstr(a, f->commands[i]));
    if (f->command_count) curl_easy_setopt(easy, CURLOPT_POSTQUOTE, *commands_out);
    got->size = got->time_s = -1;
}

/* ---- its end ---- */
/* What people can do about it; NULL: libcurl's own words are better. */
static const char *advice(CURLcode code)
{
    switch (code) {
    case CURLE_LOGIN_DENIED: return "the login is refused: look at user, secret_file and key_file";
    case CURLE_USE_SSL_FAILED:
        return "the server speaks no TLS: ask the agency for FTPS or SFTP, or say unencrypted: yes";
    case CURLE_SSL_CACERT_BADFILE: return "its ca_file cannot be read, or holds no certificate";
    default: return NULL;
    }
}

static bool is_refusal(CURLcode code)
{
    return code == CURLE_REMOTE_FILE_NOT_FOUND || code == CURLE_FTP_COULDNT_RETR_FILE ||
           code == CURLE_REMOTE_ACCESS_DENIED || code == CURLE_QUOTE_ERROR;
}

void fetch_files_end(void *easy, int code, struct arena *a, struct net_fetched *got)
{
    curl_off_t size = -1, at = -1;
    long reply = 0;
    CURLcode end = (CURLcode)code;
    curl_easy_getinfo(easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &size);
    curl_easy_getinfo(easy, CURLINFO_FILETIME_T, &at);
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &reply);
    got->size = (int64_t)size;
    got->time_s = (int64_t)at;
    got->status = end == CURLE_OK             ? 200
                  : end == CURLE_PARTIAL_FILE ? 206
                  : is_refusal(end)           ? 404
                                              : 0;
    if (got->status == 404 || got->status == 206)
        got->said = reply >= 400 ? arena_printf(a, "the server answers %ld", reply)
                                 : arena_printf(a, "%s", curl_easy_strerror(end));
    else if (advice(end))
        got->why = span_of(advice(end));
}
