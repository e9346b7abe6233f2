/* channel: the sockets between roles. The master makes a fresh pair whenever one side (re)starts
 * and hands each end over the control line; so a message is never half read by a successor. A peer
 * that sends what no peer sends is shut out and the master told: it may be a cage that was taken
 * over. Fatal: losing the master's line (the role ends; without a master nobody restarts it). */
#include "roles.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SEND_TIMEOUT_MS = 10000 }; /* a peer that takes nothing for so long is as good as dead */

void channels_init(struct channels *c, int control)
{
    memset(c, 0, sizeof *c);
    inbox_init(&c->control, control);
    for (size_t i = 0; i < CHANNEL_PEERS; i++) c->peers[i].in.fd = -1;
}

static void peer_close(struct channels *c, struct peer *p)
{
    if (!p->open) return;
    p->open = false;
    inbox_close(&p->in);
    if (c->on_peer) c->on_peer(c->with, p);
}

void channels_close(struct channels *c)
{
    for (size_t i = 0; i < CHANNEL_PEERS; i++)
        if (c->peers[i].open) inbox_close(&c->peers[i].in);
    inbox_close(&c->control);
}

struct peer *channel_to(struct channels *c, enum role role, int index)
{
    for (size_t i = 0; i < CHANNEL_PEERS; i++)
        if (c->peers[i].open && c->peers[i].role == role && c->peers[i].index == index)
            return &c->peers[i];
    return NULL;
}

bool channel_send(struct peer *p, uint32_t type, struct span body)
{
    if (!p || !p->open) return false;
    enum result r = frame_send(p->in.fd, type, body, -1, SEND_TIMEOUT_MS);
    if (r == OK) return true;
    if (r == ERR_BUSY) channel_stuck(p);
    return false;
}

/* A UNIX socket takes bytes again when a quarter of its room is used (unix(7)): frames up to
 * OUTBOX_BODY_MAX fit then. */
bool channel_would_wait(const struct peer *p)
{
    struct pollfd fd = {.fd = p->in.fd, .events = POLLOUT};
    return poll(&fd, 1, 0) != 1 || !(fd.revents & POLLOUT);
}

/* Half a frame may have gone: whatever came behind it would be misread, so the channel is over. */
void channel_stuck(struct peer *p)
{
    struct buf b;
    buf_init(&b, NULL, 0);
    put_u32(&b, (uint32_t)p->role);
    put_u32(&b, (uint32_t)p->index);
    shutdown(p->in.fd, SHUT_RDWR);
    (void)!frame_send(p->of->control.fd, MSG_STUCK, buf_span(&b), -1, SEND_TIMEOUT_MS);
    buf_free(&b);
}

/* A slot for this role and index: its predecessor's, else a free one. */
static struct peer *peer_slot(struct channels *c, enum role role, int index)
{
    struct peer *free_slot = NULL;
    for (size_t i = 0; i < CHANNEL_PEERS; i++) {
        struct peer *p = &c->peers[i];
        if ((p->open || p->role) && p->role == role && p->index == index) return p;
        if (!free_slot && !p->open && !p->role) free_slot = p;
    }
    must(free_slot);
    return free_slot;
}

static void peer_arrives(struct channels *c, struct frame *f)
{
    struct take t = take_of(f->body);
    enum role role = (enum role)take_u32(&t);
    int index = (int)take_u32(&t), status = (int)take_u32(&t);
    must(take_done(&t) && f->fd >= 0);
    struct peer *p = peer_slot(c, role, index);
    peer_close(c, p);
    p->role = role;
    p->index = index;
    p->last_status = status;
    inbox_init(&p->in, f->fd);
    p->of = c;
    p->open = true;
    if (c->on_peer) c->on_peer(c->with, p);
}

static void control_ready(struct channels *c)
{
    enum result r = inbox_fill(&c->control);
    struct frame f;
    while (inbox_take(&c->control, &f)) {
        if (f.type == MSG_CHANNEL)
            peer_arrives(c, &f);
        else if (f.type == MSG_STOP)
            c->stopping = true;
        else if (c->on_frame)
            c->on_frame(c->with, NULL, &f);
        if (f.fd >= 0 && f.type != MSG_CHANNEL) close(f.fd);
    }
    if (r != OK && r != ERR_BUSY) c->stopping = true;
}

static void peer_ready(struct channels *c, struct peer *p)
{
    enum result r = inbox_fill(&p->in);
    struct frame f;
    while (p->open && inbox_take(&p->in, &f)) {
        if (f.fd >= 0) close(f.fd); /* only the master hands out descriptors */
        if (c->on_frame) c->on_frame(c->with, p, &f);
    }
    if (p->open && p->in.broken) {
        log_warn("%s sends what is no message: it is ended", role_name(p->role));
        must(p->role != ROLE_NEWSROOM); /* the master ends that one for nobody, and it parses
                                           nothing: our own bug */
        channel_stuck(p);
    }
    if (p->open && (p->in.broken || (r != OK && r != ERR_BUSY))) peer_close(c, p);
}

size_t channels_fds(const struct channels *c, struct pollfd *out, size_t max)
{
    size_t n = 0;
    out[n++] = (struct pollfd){.fd = c->control.fd, .events = POLLIN};
    for (size_t i = 0; i < CHANNEL_PEERS && n < max; i++)
        if (c->peers[i].open) out[n++] = (struct pollfd){.fd = c->peers[i].in.fd, .events = POLLIN};
    return n;
}

void channels_poll(struct channels *c, struct pollfd *extra, size_t extra_count, int timeout_ms)
{
    struct pollfd fds[1 + CHANNEL_PEERS + 8];
    struct peer *who[CHANNEL_PEERS];
    must(extra_count <= 8);
    size_t n = 0, peers = 0;
    fds[n++] = (struct pollfd){.fd = c->control.fd, .events = POLLIN};
    for (size_t i = 0; i < CHANNEL_PEERS; i++) {
        if (!c->peers[i].open) continue;
        who[peers++] = &c->peers[i];
        fds[n++] = (struct pollfd){.fd = c->peers[i].in.fd, .events = POLLIN};
    }
    for (size_t i = 0; i < extra_count; i++) fds[n + i] = extra[i];
    int got = poll(fds, n + extra_count, timeout_ms);
    for (size_t i = 0; i < extra_count; i++) extra[i].revents = got > 0 ? fds[n + i].revents : 0;
    if (got <= 0) return;
    if (fds[0].revents) control_ready(c);
    for (size_t i = 0; i < peers; i++)
        if (fds[1 + i].revents && who[i]->open && who[i]->in.fd == fds[1 + i].fd)
            peer_ready(c, who[i]);
}
