/* clock: the house's time on one page of shared memory, kept in a file with its high-water mark.
 * It never goes back. Where the machine's wall clock steps back, the house runs at half speed until
 * the wall has caught up; where it jumps ahead of monotonic time by more than CLOCK_JUMP_MAX_MS,
 * the house goes on by monotonic time and is suspect until the wall returns or somebody confirms. A
 * restart within one boot of the machine goes on from the page; after a boot the wall is believed,
 * but for the mark; and where it is far ahead of that, only once NTP or somebody vouches for it:
 * the battery of a clock may have died. Reading is two loads and the vdso's clock: no lock, no
 * system call. Fatal: nothing. */
#include "clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

enum { PAGE_BYTES = 4096, PAGE_VERSION = 1, MEASURE_TRIES = 4, MEASURE_US = 500 };

struct page {
    char magic[8];
    uint32_t version;
    char boot_id[40]; /* the boot of the machine that the offset belongs to */
    _Atomic uint32_t is_virtual, suspect;
    _Atomic int64_t offset_us;     /* the house's time less the boot clock */
    _Atomic int64_t high_us;       /* the house has been here */
    _Atomic int64_t ticked_us;     /* boot clock at the last tick */
    _Atomic int64_t wall_shift_us; /* rehearsal: the wall reads that much more */
    _Atomic int64_t virtual_ms;
    _Atomic int64_t virtual_gap_ms; /* the virtual wall less the virtual house */
    _Atomic uint64_t slots[SLOTS];
};
_Static_assert(sizeof(struct page) <= PAGE_BYTES, "the clock is one page");
static const char page_magic[8] = "BSCLOCK";

static struct page own;         /* slots of a process without clock_open */
static struct page *page;       /* NULL: the machine's clock */
static int page_fd = -1;        /* holds the lock that says: the page is in use */
static _Atomic int64_t last_ms; /* what this process has been told; it never sees less */

static int64_t read_us(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t clock_mono_us(void)
{
    return read_us(CLOCK_MONOTONIC);
}

/* Sleep of the machine counts as time that went by, so that waking is no jump. */
static int64_t boot_us(void)
{
    return read_us(CLOCK_BOOTTIME);
}

static int64_t at_least_last(int64_t ms)
{
    int64_t last = atomic_load_explicit(&last_ms, memory_order_relaxed);
    while (ms > last)
        if (atomic_compare_exchange_weak(&last_ms, &last, ms)) return ms;
    return last;
}

int64_t clock_now_ms(void)
{
    if (!page) return at_least_last(read_us(CLOCK_REALTIME) / 1000);
    if (atomic_load_explicit(&page->is_virtual, memory_order_relaxed))
        return atomic_load(&page->virtual_ms);
    int64_t now_us = boot_us() + atomic_load(&page->offset_us);
    int64_t high_us = atomic_load(&page->high_us);
    return at_least_last((now_us > high_us ? now_us : high_us) / 1000);
}

bool clock_is_virtual(void)
{
    return page && atomic_load(&page->is_virtual);
}

bool clock_is_synchronised(void)
{
    struct timex t = {.modes = 0};
    return adjtimex(&t) != TIME_ERROR && !(t.status & STA_UNSYNC);
}

bool clock_is_suspect(void)
{
    return page && atomic_load(&page->suspect);
}

uint64_t clock_slot_get(enum clock_slot s)
{
    must((unsigned)s < SLOTS);
    return atomic_load_explicit(&(page ? page : &own)->slots[s], memory_order_acquire);
}

void clock_slot_set(enum clock_slot s, uint64_t v)
{
    must((unsigned)s < SLOTS);
    atomic_store_explicit(&(page ? page : &own)->slots[s], v, memory_order_release);
}

static void raise_to(_Atomic int64_t *mark, int64_t to)
{
    int64_t was = atomic_load(mark);
    while (to > was && !atomic_compare_exchange_weak(mark, &was, to)) continue;
}

/* The wall less the house, both at *boot_us_out; measured again where the thread was held up in
 * between. */
static int64_t wall_gap_us(int64_t *boot_us_out)
{
    int64_t before = 0, wall = 0, after = 0;
    for (int i = 0; i < MEASURE_TRIES; i++) {
        before = boot_us();
        wall = read_us(CLOCK_REALTIME) + atomic_load(&page->wall_shift_us);
        after = boot_us();
        if (after - before < MEASURE_US) break;
    }
    *boot_us_out = before + (after - before) / 2;
    return wall - (*boot_us_out + atomic_load(&page->offset_us));
}

/* After a boot the wall is ahead by as long as the machine was off; once it is synchronised that is
 * what it was. A jump while we run has no such reason. */
static bool boot_is_vouched_for(void)
{
    return atomic_load(&page->slots[SLOT_BOOT_DOUBT]) && clock_is_synchronised();
}

static void follow_wall(void)
{
    int64_t boot, offset = atomic_load(&page->offset_us), gap = wall_gap_us(&boot);
    int64_t elapsed = boot - atomic_exchange(&page->ticked_us, boot);
    bool jumped = gap > (int64_t)CLOCK_JUMP_MAX_MS * 1000 && !boot_is_vouched_for();
    raise_to(&page->high_us, boot + offset);
    if (gap < 0 && elapsed > 0) {
        int64_t slower = elapsed / 2 < -gap ? elapsed / 2 : -gap;
        atomic_compare_exchange_strong(&page->offset_us, &offset, offset - slower);
    } else if (gap > 0 && !jumped) {
        atomic_compare_exchange_strong(&page->offset_us, &offset, offset + gap);
    }
    if (jumped && !atomic_exchange(&page->suspect, 1))
        log_warn("clock: the machine's clock jumped %lld s ahead; embargoes stay shut until it "
                 "returns or an administrator confirms it",
            (long long)(gap / 1000000));
    if (jumped) return;
    atomic_store(&page->suspect, 0);
    atomic_store(&page->slots[SLOT_BOOT_DOUBT], 0);
}

static void follow_virtual_wall(void)
{
    int64_t gap = atomic_load(&page->virtual_gap_ms);
    bool jumped = gap > CLOCK_JUMP_MAX_MS;
    if (gap > 0 && !jumped) {
        atomic_fetch_add(&page->virtual_ms, gap);
        atomic_store(&page->virtual_gap_ms, 0);
    }
    atomic_store(&page->suspect, jumped);
    raise_to(&page->high_us, atomic_load(&page->virtual_ms) * 1000);
}

void clock_tick(void)
{
    if (!page) return;
    if (clock_is_virtual())
        follow_virtual_wall();
    else
        follow_wall();
}

void clock_set_virtual(int64_t now_ms)
{
    must(clock_is_virtual());
    raise_to(&page->virtual_ms, now_ms);
    clock_tick();
}

void clock_jump_wall(int64_t delta_ms)
{
    if (!page) return;
    if (clock_is_virtual())
        atomic_fetch_add(&page->virtual_gap_ms, delta_ms);
    else
        atomic_fetch_add(&page->wall_shift_us, delta_ms * 1000);
    clock_tick();
}

void clock_confirm(void)
{
    if (!page) return;
    if (clock_is_virtual()) {
        int64_t gap = atomic_exchange(&page->virtual_gap_ms, 0);
        if (gap > 0) atomic_fetch_add(&page->virtual_ms, gap);
    } else {
        int64_t boot, gap = wall_gap_us(&boot);
        if (gap > 0) atomic_fetch_add(&page->offset_us, gap);
    }
    atomic_store(&page->suspect, 0);
    clock_tick();
}

static void boot_id_read(char id[40])
{
    memset(id, 0, 40);
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, id, 36) : 0;
    if (n < 36) memset(id, 0, 40);
    if (fd >= 0) close(fd);
}

/* Nobody else uses the page: set it up for this run, keeping what must be kept. */
static void page_start(struct page *p, int64_t virtual_ms)
{
    char boot_id[40];
    boot_id_read(boot_id);
    bool known = memcmp(p->magic, page_magic, sizeof p->magic) == 0 && p->version == PAGE_VERSION &&
                 (atomic_load(&p->is_virtual) != 0) == (virtual_ms >= 0);
    int64_t mark_us = known ? atomic_load(&p->high_us) : 0;
    int64_t offset_us = read_us(CLOCK_REALTIME) - boot_us();
    bool same_boot = known && boot_id[0] && memcmp(p->boot_id, boot_id, sizeof boot_id) == 0;
    if (virtual_ms < 0 && same_boot) offset_us = atomic_load(&p->offset_us);
    bool doubt = virtual_ms < 0 && !same_boot && mark_us &&
                 read_us(CLOCK_REALTIME) - mark_us > (int64_t)CLOCK_JUMP_MAX_MS * 1000 &&
                 !clock_is_synchronised();
    if (doubt) offset_us = mark_us - boot_us();
    memset(p, 0, sizeof *p);
    memcpy(p->boot_id, boot_id, sizeof boot_id);
    atomic_store(&p->offset_us, offset_us);
    atomic_store(&p->ticked_us, boot_us());
    atomic_store(&p->high_us, mark_us);
    atomic_store(&p->slots[SLOT_BOOT_DOUBT], doubt);
    atomic_store(&p->is_virtual, virtual_ms >= 0);
    atomic_store(&p->virtual_ms, mark_us / 1000 > virtual_ms ? mark_us / 1000 : virtual_ms);
    p->version = PAGE_VERSION;
    memcpy(p->magic, page_magic, sizeof p->magic);
}

/* Locks and maps: the first one in sets the page up, everybody else reads it. */
static enum result page_attach(int fd, int64_t virtual_ms, struct page **out)
{
    bool first = flock(fd, LOCK_EX | LOCK_NB) == 0;
    if (!first && errno != EWOULDBLOCK) return ERR_IO;
    if (!first && flock(fd, LOCK_SH) != 0) return ERR_IO;
    enum result r = file_reserve(fd, PAGE_BYTES);
    if (r != OK) return r;
    struct page *p = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED) return ERR_IO;
    if (first) {
        page_start(p, virtual_ms);
        if (flock(fd, LOCK_SH) != 0) return ERR_IO;
    }
    if (memcmp(p->magic, page_magic, sizeof p->magic) != 0)
        r = ERR_CORRUPT;
    else if (p->version != PAGE_VERSION)
        r = ERR_NEWER;
    else if (virtual_ms >= 0 && !atomic_load(&p->is_virtual))
        r = ERR_BUSY;
    if (r != OK)
        munmap(p, PAGE_BYTES);
    else
        *out = p;
    return r;
}

enum result clock_open(const char *path, int64_t virtual_ms)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (fd < 0) return errno == EACCES || errno == EPERM ? ERR_DENIED : ERR_IO;
    struct page *p;
    enum result r = page_attach(fd, virtual_ms, &p);
    if (r != OK) {
        close(fd);
        return r;
    }
    /* A mapping keeps its file's lock too, so the page before goes wholly: open before threads
     * start. */
    if (page) munmap(page, PAGE_BYTES);
    if (page_fd >= 0) close(page_fd);
    page_fd = fd;
    page = p;
    atomic_store(&last_ms, 0);
    clock_tick();
    return OK;
}
