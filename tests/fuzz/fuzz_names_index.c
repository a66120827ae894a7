/*
 * The file of an index of names, damaged: four bytes of the input put a byte of the file in another's place, and the sum is made
 * right again. What can be opened can be searched and changed.
 */
#include "names/index_parts.h"

#include <stdio.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const written[] = {"Al Qaeda", "AlQaeda", "Juan García López", "J. Garcia",
                                      "Aero-Caribbean S.A. de C.V."};
static char path[64];
static struct arena *arena;
static struct str whole;

static void make(void)
{
    struct names_index *ix = names_index_new(NAMES_LISTED);
    struct err e = {0};

    snprintf(path, sizeof path, "/tmp/fuzz-names-index-%ld", (long)getpid());
    arena = arena_new();
    for (uint32_t i = 0; i < COUNT(written); i++)
        names_index_put(ix, i, name_read(arena, str_z(written[i]), NAME_ANY), &e);
    if (names_index_save(ix, path, 1, &e) < 0 || file_read(arena, path, 1 << 20, &whole, &e) < 0)
        __builtin_trap();
    unlink(path);
    names_index_free(ix);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static _Alignas(64) char bytes[1 << 20];
    struct names_found found[2];
    struct names_index *ix;
    struct err e = {0};
    uint64_t mark;

    if (!arena)
        make();
    memcpy(bytes, whole.p, whole.n);
    for (size_t i = 0; i + 4 <= size; i += 4)
        bytes[(size_t)(data[i] | data[i + 1] << 8 | data[i + 2] << 16) % whole.n] = (char)data[i + 3];
    if (((struct image_head *)(void *)bytes)->size == whole.n)
        ((struct image_head *)(void *)bytes)->sum = image_sum((struct image_head *)(void *)bytes);
    if (file_write(path, str_n(bytes, whole.n), 0600, &e) < 0)
        return 0;
    ix = names_index_open(path, &mark, &e);
    unlink(path);
    for (uint32_t i = 0; ix && i < COUNT(written); i++) {
        const struct name *n = name_read(arena, str_z(written[i]), NAME_ANY);

        names_index_search(ix, n, (struct names_search){NAMES_MATCH, COUNT(found)}, found, NULL);
        names_index_remove(ix, i);
        names_index_put(ix, i + 1, n, &e);
    }
    names_index_free(ix);
    return 0;
}
