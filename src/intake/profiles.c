/*
 * profiles.c: where a user's profiles are: *.tbl in a folder, in the order of their names. Each is read on its own first,
 * so that a bad one is named with its line; then all go to the parser as one text.
 */
#include "intake/internal.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#define TABLE_MAX  ((size_t)1 << 20) /* bytes of one file */
#define TABLES_MAX ((size_t)4 << 20) /* of all */

struct loading {
    struct ctx *c;
    struct feeds_profiles *known;
    struct buf text;
};

static int add(struct loading *l, const char *path)
{
    const char *slash = strrchr(path, '/');
    struct str text;

    if (file_read(l->c->arena, path, TABLE_MAX, &text, l->c->err) != 0 ||
        feeds_profiles_add(l->known, text, slash ? slash + 1 : path, l->c->err) != 0)
        return -1;
    buf_str(&l->text, text);
    buf_char(&l->text, '\n');
    return l->text.over ? err_set(l->c->err, ERR_LIMIT, N_("%s: the profiles are too large"), path) : 0;
}

static int is_table(const struct dirent *d)
{
    size_t n = strlen(d->d_name);
    return n > 4 && d->d_name[0] != '.' && strcmp(d->d_name + n - 4, ".tbl") == 0;
}

static int add_folder(struct loading *l, const char *dir)
{
    struct dirent **names = NULL;
    int n = scandir(dir, &names, is_table, alphasort), ret = 0;

    if (n < 0)
        return err_set(l->c->err, ERR_USAGE, N_("%s: %s"), dir, strerror(errno));
    for (int i = 0; i < n; i++) {
        if (ret == 0)
            ret = add(l, arena_z(l->c->arena, path_join(l->c->arena, dir, names[i]->d_name)));
        free(names[i]);
    }
    free(names);
    return ret;
}

int intake_profiles(struct ctx *c, const struct args *a, struct feeds_profiles **out, struct str *text)
{
    struct loading l = {.c = c, .known = feeds_profiles_new(c->arena)};
    bool named = arg_given(a, "profiles");
    const char *path = named    ? arena_z(c->arena, arg(a, "profiles"))
                       : c->dir ? arena_z(c->arena, path_join(c->arena, c->dir, "profiles"))
                                : NULL;
    struct stat st;
    int ret = 0;

    buf_init(&l.text, TABLES_MAX);
    *out = l.known;
    if (path && stat(path, &st) == 0)
        ret = S_ISDIR(st.st_mode) ? add_folder(&l, path) : add(&l, path);
    else if (named)
        ret = err_set(c->err, ERR_USAGE, N_("%s: %s"), path, strerror(errno));
    if (ret != 0 && c->err->code == ERR_DATA) /* the command is wrong, not the message */
        c->err->code = ERR_USAGE;
    if (ret == 0 && text)
        *text = arena_copy(c->arena, buf_view(&l.text));
    buf_free(&l.text);
    return ret;
}

int intake_profile_known(struct ctx *c, const struct feeds_profiles *known, struct str name)
{
    if (name.n == 0 || feeds_profile_find(known, name))
        return 0;
    return err_set(c->err, ERR_USAGE, N_("there is no profile \"%s\"; puente profile list names them"),
                   arena_z(c->arena, name));
}
