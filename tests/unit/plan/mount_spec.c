/*
 * mount_spec.c - tests of plan/mount_spec.c
 */
#include "plan/namespaces.h"

#include <string.h>
#include <sys/mount.h>

#include "unit/unit.h"

static struct mount parsed(const char *spec)
{
    struct mount mount;
    struct error error = {0};

    ck_assert_msg(mount_parse(&mount, spec, &error) == 0, "%s: %s", spec, error.reason);
    return mount;
}

START_TEST(a_bind_mount_has_source_and_target)
{
    struct mount mount = parsed("type=bind,source=/srv/data,target=/data");

    ck_assert_int_eq(mount.type, MOUNT_BIND);
    ck_assert_str_eq(mount.source, "/srv/data");
    ck_assert_str_eq(mount.target, "/data");
    ck_assert(!mount.read_only);
    ck_assert(!mount.has_propagation);
    ck_assert_ptr_null(mount.options);
    mount_free(&mount);
    ck_assert_ptr_null(mount.target);
}
END_TEST

START_TEST(keys_have_dockers_other_spellings_any_order_and_any_case)
{
    static const char *const specs[] = {
        "dst=/data,src=/srv/data,ro,type=bind",
        "type=BIND,destination=/data,source=/srv/data,readonly",
        "TYPE=bind,Target=/data,SRC=/srv/data,readonly=true",
    };

    for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++) {
        struct mount mount = parsed(specs[i]);

        ck_assert_str_eq(mount.source, "/srv/data");
        ck_assert_str_eq(mount.target, "/data");
        ck_assert(mount.read_only);
        mount_free(&mount);
    }
}
END_TEST

START_TEST(readonly_may_be_said_no)
{
    struct mount mount = parsed("type=tmpfs,target=/tmp,readonly=false");

    ck_assert(!mount.read_only);
    mount_free(&mount);
}
END_TEST

START_TEST(each_type_has_its_name)
{
    static const struct {
        const char *spec;
        enum mount_type type;
    } types[] = {{"type=bind,source=/a,target=/b", MOUNT_BIND},
                 {"type=tmpfs,target=/b", MOUNT_TMPFS},
                 {"type=proc,target=/b", MOUNT_PROC},
                 {"type=sysfs,target=/b", MOUNT_SYSFS},
                 {"type=mqueue,target=/b", MOUNT_MQUEUE},
                 {"type=devpts,target=/b", MOUNT_DEVPTS},
                 {"type=dev,target=/b", MOUNT_DEV},
                 {"type=cgroup2,target=/b", MOUNT_CGROUP2},
                 {"type=file,target=/b,content=", MOUNT_FILE},
                 {"type=overlay,target=/b,lowerdir=/l,upperdir=/u,workdir=/w", MOUNT_OVERLAY}};

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        struct mount mount = parsed(types[i].spec);

        ck_assert_int_eq(mount.type, types[i].type);
        mount_free(&mount);
    }
}
END_TEST

START_TEST(propagation_is_recursive_with_an_r)
{
    static const struct {
        const char *name;
        enum propagation propagation;
        bool recursive;
    } names[] = {{"private", PROPAGATION_PRIVATE, false}, {"rprivate", PROPAGATION_PRIVATE, true},
                 {"slave", PROPAGATION_SLAVE, false},     {"rslave", PROPAGATION_SLAVE, true},
                 {"shared", PROPAGATION_SHARED, false},   {"rshared", PROPAGATION_SHARED, true}};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char spec[100] = "type=bind,source=/a,target=/b,bind-propagation=";
        struct mount mount = parsed(strcat(spec, names[i].name));

        ck_assert(mount.has_propagation);
        ck_assert_int_eq(mount.propagation, names[i].propagation);
        ck_assert(mount.propagation_recursive == names[i].recursive);
        mount_free(&mount);
    }
}
END_TEST

START_TEST(a_tmpfs_has_size_in_bytes_and_octal_mode)
{
    static const char *const specs[][2] = {
        {"tmpfs-size=65536", "size=65536"},
        {"tmpfs-size=64k", "size=65536"},
        {"tmpfs-size=64M", "size=67108864"},
        {"tmpfs-size=64mb", "size=67108864"},
        {"tmpfs-size=2g", "size=2147483648"},
        {"tmpfs-size=1t", "size=1099511627776"},
        {"tmpfs-size=512b", "size=512"},
        {"tmpfs-mode=1777", "mode=1777"},
        {"tmpfs-mode=0700,tmpfs-size=0", "size=0,mode=0700"},
        {"uid=1000,gid=4294967294", "uid=1000,gid=4294967294"},
        {"nr_inodes=4k,tmpfs-size=1m", "size=1048576,nr_inodes=4096"},
    };

    for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++) {
        char spec[100] = "type=tmpfs,target=/tmp,";
        struct mount mount = parsed(strcat(spec, specs[i][0]));

        ck_assert_str_eq(mount.options, specs[i][1]);
        mount_free(&mount);
    }
}
END_TEST

START_TEST(flags_are_set_and_cleared_and_mean_yes_alone)
{
    struct mount mount = parsed("type=tmpfs,target=/tmp,exec,suid=no,dev=true");

    ck_assert_int_eq(mount.cleared_flags, MS_NOEXEC | MS_NODEV);
    ck_assert_int_eq(mount.set_flags, 0);
    mount_free(&mount);
    mount = parsed("type=bind,source=/a,target=/tmp,nosuid,noexec=no,nodev=yes");
    ck_assert_int_eq(mount.set_flags, MS_NOSUID | MS_NODEV);
    ck_assert_int_eq(mount.cleared_flags, 0);
    mount_free(&mount);
    mount = parsed("type=tmpfs,target=/tmp");
    ck_assert_int_eq(mount.set_flags | mount.cleared_flags, 0);
    mount_free(&mount);
}
END_TEST

START_TEST(bind_mounts_have_dockers_words_for_the_mounts_below)
{
    static const struct {
        const char *key;
        bool leaves;
        bool writable;
    } keys[] = {
        {"bind-nonrecursive", true, false},          {"bind-nonrecursive=false", false, false},
        {"bind-recursive=disabled", true, false},    {"bind-recursive=enabled", false, false},
        {"ro,bind-recursive=writable", false, true}, {"ro,bind-recursive=readonly", false, false}};

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        char spec[100] = "type=bind,source=/a,target=/b,";
        struct mount mount = parsed(strcat(spec, keys[i].key));

        ck_assert(mount.leaves_submounts == keys[i].leaves);
        ck_assert(mount.submounts_writable == keys[i].writable);
        mount_free(&mount);
    }
}
END_TEST

START_TEST(the_content_of_a_file_is_last_and_takes_the_rest)
{
    struct mount mount = parsed("type=file,target=/f,uid=5,content=a, \"b\"=\\n\\tc\\\\n,mode=1");

    ck_assert_str_eq(mount.content, "a, \"b\"=\n\tc\\n,mode=1");
    ck_assert_str_eq(mount.options, "uid=5,mode=444");
    mount_free(&mount);
    mount = parsed("type=file,target=/f,mode=600,content=\\");
    ck_assert_str_eq(mount.content, "\\");
    ck_assert_str_eq(mount.options, "mode=600");
    mount_free(&mount);
    mount = parsed("type=file,target=/f,content=");
    ck_assert_str_eq(mount.content, "");
    mount_free(&mount);
}
END_TEST

START_TEST(idmap_is_the_services_map_or_ranges_for_users_groups_or_both)
{
    struct mount mount = parsed("type=bind,source=/a,target=/b,idmap=0:100:1 u:1:2:3 g:4:5:6");
    struct error error = {0};
    struct idmap_lines lines;

    ck_assert_int_eq(idmap_read(&lines, mount.idmap, &error), 0);
    ck_assert_str_eq(lines.text[0], "0 100 1\n1 2 3\n");
    ck_assert_str_eq(lines.text[1], "0 100 1\n4 5 6\n");
    mount_free(&mount);
    mount = parsed("type=bind,source=/a,target=/b,idmap");
    ck_assert_str_eq(mount.idmap, "");
    mount_free(&mount);
    mount = parsed("type=bind,source=/a,target=/b");
    ck_assert_ptr_null(mount.idmap);
    mount_free(&mount);
}
END_TEST

START_TEST(an_idmap_has_a_limit)
{
    char spec[2000] = "type=bind,source=/a,target=/b,idmap=0:0:1";
    struct mount mount;
    struct error error = {0};

    for (int i = 0; i < 200; i++)
        strcat(spec, " 1:1:1");
    ck_assert_int_eq(mount_parse(&mount, spec, &error), -1);
    ck_assert_str_eq(error.reason, "idmap has too many ranges for users");
}
END_TEST

START_TEST(a_proc_has_the_kernels_options)
{
    struct mount mount = parsed("type=proc,target=/proc,subset=pid,hidepid=invisible,gid=5");

    ck_assert_str_eq(mount.options, "gid=5,hidepid=invisible,subset=pid");
    mount_free(&mount);
}
END_TEST

START_TEST(an_overlays_layers_become_options_with_their_commas_escaped)
{
    struct mount mount = parsed("type=overlay,target=/merged,\"lowerdir=/a,1:/b\\:2:/c\","
                                "upperdir=/upper,workdir=/work");

    ck_assert_str_eq(mount.options, "lowerdir=/a\\,1:/b\\:2:/c,upperdir=/upper,workdir=/work");
    mount_free(&mount);
}
END_TEST

START_TEST(the_paths_of_an_overlay_are_read_back_from_its_options)
{
    static const char *const paths[] = {"/a,1", "/b:2", "/c\\", "/u:p", "/w"};
    struct mount mount = parsed("type=overlay,target=/merged,\"lowerdir=/a,1:/b\\:2::/c\\\\\","
                                "upperdir=/u:p,workdir=/w");
    const char *rest = mount.options;
    char path[20];
    char few[3];

    ck_assert_str_eq(mount.options, "lowerdir=/a\\,1:/b\\:2::/c\\\\,upperdir=/u\\:p,workdir=/w");
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        ck_assert_uint_gt(overlay_next_path(&rest, path, sizeof path), 0);
        ck_assert_str_eq(path, paths[i]);
    }
    ck_assert_uint_eq(overlay_next_path(&rest, path, sizeof path), 0);
    rest = mount.options;
    ck_assert_uint_eq(overlay_next_path(&rest, few, sizeof few), strlen("lowerdir="));
    ck_assert_str_eq(few, "/a");
    ck_assert_uint_eq(overlay_next_path(&rest, path, sizeof path), 1);
    mount_free(&mount);
}
END_TEST

START_TEST(a_target_lies_at_a_path_above_it_or_elsewhere)
{
    static const struct {
        const char *target;
        const char *path;
        enum mount_place place;
    } places[] = {
        {"/proc", "/proc", MOUNT_AT},       {"//proc/./", "/proc", MOUNT_AT},
        {"/./proc", "/proc/.", MOUNT_AT},   {"/a", "/a/proc", MOUNT_ABOVE},
        {"/a/.", "//a//b/c", MOUNT_ABOVE},  {"/proc/sys", "/proc", MOUNT_ELSEWHERE},
        {"/pro", "/proc", MOUNT_ELSEWHERE}, {"/proc.", "/proc", MOUNT_ELSEWHERE},
    };

    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct mount mount = {.target = places[i].target};

        ck_assert_int_eq(mount_place_of(&mount, places[i].path), places[i].place);
    }
}
END_TEST

START_TEST(a_field_in_quotes_may_have_commas_and_quotes)
{
    struct mount mount = parsed("type=bind,\"source=/a,b \"\"c\"\"\",target=/d=e");

    ck_assert_str_eq(mount.source, "/a,b \"c\"");
    ck_assert_str_eq(mount.target, "/d=e");
    mount_free(&mount);
}
END_TEST

START_TEST(what_is_wrong_is_named)
{
    static const char *const wrong[][2] = {
        {"", "unknown mount key ''"},
        {"type=bind,,target=/a", "unknown mount key ''"},
        {"target=/a", "type is missing: type=bind, tmpfs,"},
        {"type=tmpsf,target=/a", "unknown mount type 'tmpsf'; did you mean tmpfs?"},
        {"type=volume,source=a,target=/a", "unknown mount type 'volume'"},
        {"type=bind,sorce=/a,target=/b", "unknown mount key 'sorce'; did you mean source?"},
        {"type=bind,bind-propogation=slave", "did you mean bind-propagation?"},
        {"type=bind,source=/a", "target is missing"},
        {"type=bind,target=/a", "type=bind needs source"},
        {"type=bind,source,target=/a", "source needs a value: source=..."},
        {"type=bind,source=,target=/a", "source needs a value: source=..."},
        {"type=tmpfs,target=a/b", "invalid target 'a/b': use an absolute path"},
        {"type=tmpfs,target=/", "invalid target '/': it is the root itself"},
        {"type=tmpfs,target=/.//..", "invalid target '/.//..': it is the root itself"},
        {"type=tmpfs,target=/a,dst=/b", "dst excludes target"},
        {"type=tmpfs,target=/a,target=/b", "target is given twice"},
        {"type=tmpfs,target=/a,noexec,exec", "exec excludes noexec"},
        {"type=bind,source=/a,target=/b,bind-recursive=writable",
         "bind-recursive=writable needs readonly"},
        {"type=bind,source=/a,target=/b,bind-recursive=no", "unknown bind-recursive 'no'"},
        {"type=file,target=/a", "type=file needs content"},
        {"type=tmpfs,target=/a,content=b", "content does not belong to type=tmpfs"},
        {"type=file,target=/a,mode=9,content=", "invalid mode '9': use an octal mode"},
        {"type=tmpfs,target=/a,idmap", "idmap does not belong to type=tmpfs"},
        {"type=bind,source=/a,target=/b,idmap=0:1", "invalid range '0:1': use IN:OUT:COUNT"},
        {"type=bind,source=/a,target=/b,idmap=u:0:1:1", "idmap has no range for groups"},
        {"type=bind,source=/a,target=/b,idmap=g:0:1:1", "idmap has no range for users"},
        {"type=bind,source=/a,target=/b,idmap=x:0:1:1", "invalid range 'x:0:1:1'"},
        {"type=bind,source=/a,target=/b,idmap=0:1:1  0:1:1", "invalid range ''"},
        {"type=tmpfs,target=/a,optional", "optional does not belong to type=tmpfs"},
        {"type=tmpfs,target=/a,uid=4294967295", "invalid uid '4294967295': use a number"},
        {"type=proc,target=/a,\"hidepid=1,gid=0\"", "invalid hidepid '1,gid=0'"},
        {"type=tmpfs,source=/a,target=/b", "source does not belong to type=tmpfs"},
        {"type=bind,src=/a,target=/b,tmpfs-size=1m", "tmpfs-size does not belong to type=bind"},
        {"type=proc,target=/a,bind-propagation=slave",
         "bind-propagation does not belong to type=proc"},
        {"type=tmpfs,target=/a,lowerdir=/b", "lowerdir does not belong to type=tmpfs"},
        {"type=tmpfs,target=/a,ro=maybe", "invalid ro 'maybe': use yes or no"},
        {"type=bind,source=/a,target=/b,bind-propagation=rslaves",
         "unknown propagation 'rslaves'; did you mean rslave?"},
        {"type=tmpfs,target=/a,tmpfs-size=many", "invalid tmpfs-size 'many'"},
        {"type=tmpfs,target=/a,tmpfs-size=1x", "invalid tmpfs-size '1x'"},
        {"type=tmpfs,target=/a,tmpfs-size=1mm", "invalid tmpfs-size '1mm'"},
        {"type=tmpfs,target=/a,tmpfs-size=-1", "invalid tmpfs-size '-1'"},
        {"type=tmpfs,target=/a,tmpfs-size=99999999999999999999", "invalid tmpfs-size"},
        {"type=tmpfs,target=/a,tmpfs-size=18446744073709551615", "invalid tmpfs-size"},
        {"type=tmpfs,target=/a,tmpfs-size=9223372036854775808", "invalid tmpfs-size"},
        {"type=tmpfs,target=/a,tmpfs-size=8388608t", "invalid tmpfs-size"},
        {"type=tmpfs,target=/a,tmpfs-size=99999999999999999t", "invalid tmpfs-size"},
        {"type=tmpfs,target=/a,tmpfs-mode=999", "invalid tmpfs-mode '999': use an octal mode"},
        {"type=tmpfs,target=/a,tmpfs-mode=1777777", "use an octal mode"},
        {"type=overlay,target=/a,lowerdir=/l,upperdir=/u", "upperdir and workdir need each other"},
        {"type=overlay,target=/a,upperdir=/u,workdir=/w", "type=overlay needs lowerdir"},
        {"type=overlay,target=/a,lowerdir=/l:m,upperdir=/u,workdir=/w",
         "invalid lowerdir '/l:m': use an absolute path"},
        {"type=overlay,target=/a,lowerdir=/l,upperdir=u,workdir=/w",
         "invalid upperdir 'u': use an absolute path"},
    };

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct mount mount;
        struct error error = {.kind = ERROR_FAILED};

        ck_assert_int_eq(mount_parse(&mount, wrong[i][0], &error), -1);
        ck_assert_msg(strstr(error.reason, wrong[i][1]) != NULL, "%s: %s", wrong[i][0],
                      error.reason);
        ck_assert_int_eq(error.kind, ERROR_USAGE);
        ck_assert_ptr_null(mount.target);
    }
}
END_TEST

TCase *mount_spec_case(void)
{
    const TTest *const tests[] = {a_bind_mount_has_source_and_target,
                                  keys_have_dockers_other_spellings_any_order_and_any_case,
                                  readonly_may_be_said_no,
                                  each_type_has_its_name,
                                  propagation_is_recursive_with_an_r,
                                  a_tmpfs_has_size_in_bytes_and_octal_mode,
                                  flags_are_set_and_cleared_and_mean_yes_alone,
                                  bind_mounts_have_dockers_words_for_the_mounts_below,
                                  the_content_of_a_file_is_last_and_takes_the_rest,
                                  idmap_is_the_services_map_or_ranges_for_users_groups_or_both,
                                  an_idmap_has_a_limit,
                                  a_proc_has_the_kernels_options,
                                  an_overlays_layers_become_options_with_their_commas_escaped,
                                  the_paths_of_an_overlay_are_read_back_from_its_options,
                                  a_target_lies_at_a_path_above_it_or_elsewhere,
                                  a_field_in_quotes_may_have_commas_and_quotes,
                                  what_is_wrong_is_named,
                                  NULL};

    return case_of("mount_spec", tests);
}
