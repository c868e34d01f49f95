/*
 * no_namespaces.c - stubs for mount, net, inner init and pseudo-terminals in a build without
 * namespaces
 * No option asks for a namespace, so the functions do nothing.
 */
#include <signal.h>

#include "init/init_private.h"
#include "init/inner_private.h"
#include "init/pty_relay_private.h"
#include "linux/nsfd.h"
#include "mount/idmapped.h"
#include "mount/netns.h"
#include "mount/persistent_namespaces.h"
#include "mount/root_files.h"
#include "mount/sources.h"
#include "net/devices.h"
#include "net/pasta.h"
#include "spawn/idmap_private.h"
#include "spawn/setup_child_private.h"
#include "spawn/setup_parent_private.h"
#include "spawn/setup_steps_private.h"
#include "visit/entered_process.h"
#include "visit/exec_terminal.h"
#include "visit/guard.h"
#include "visit/ns_join.h"
#include "options/setter_private.h"

/* ---- init ---------------------------------------------------------------------------------- */

void inner_prepare(struct inner *inner, struct init *init, const struct service *service,
                   const struct spawning *spawning)
{
}

int inner_begin(struct inner *inner, struct init *init, struct error *error)
{
    return 0;
}

void inner_report_main(struct init *init, const struct supervised *supervised)
{
}

void inner_report_stop(const struct init *init, int signal_number)
{
}

void inner_report_end(const struct init *init, int signal_number)
{
}

void inner_watch(struct supervised *service, int channel_fd)
{
}

void inner_unwatch(struct supervised *service)
{
}

int inner_killing_signal(struct supervised *service)
{
    return 0;
}

bool pty_relay_is_wanted(const struct pod *pod, const struct service *service)
{
    return false;
}

int pty_relay_open_all(struct init *init, struct error *error)
{
    return 0;
}

struct pty_relay *pty_relay_of(const struct init *init, const struct service *service)
{
    return NULL;
}

int pty_relay_open_run(struct pty_relay *relay, struct spawn_context *context, struct error *error)
{
    return 0;
}

void pty_relay_begin_run(struct pty_relay *relay)
{
}

bool pty_relay_end_run(struct pty_relay *relay)
{
    return false;
}

void pty_relay_pause(struct pty_relay *relay)
{
}

void pty_relay_resume(struct pty_relay *relay)
{
}

bool pty_relay_hides_keys(const struct pty_relay *relay)
{
    return false;
}

bool pty_relay_on_signal(struct init *init, const struct signalfd_siginfo *info)
{
    return false;
}

void pty_relay_close_all(struct init *init)
{
}

/* ---- mount and net --------------------------------------------------------------------------- */

void persistent_begin(struct persistent_ns *kept)
{
}

ns_set persistent_types(const struct namespaces *namespaces)
{
    return 0;
}

int persistent_create(struct persistent_ns *kept, const struct namespaces *namespaces,
                      const struct nsfds *own, struct error *error)
{
    return 0;
}

void persistent_undo(struct persistent_ns *kept)
{
}

bool idmapped_is_wanted(const struct filesystem *plan)
{
    return false;
}

void netns_warn_of_files(const char *service, const char *name)
{
}

bool source_next(struct source *source, const struct filesystem *plan)
{
    return false;
}

size_t sources_count(const struct filesystem *plan)
{
    return 0;
}

void root_files_make(struct root_files *files, const struct filesystem *plan)
{
}

void root_files_delete(struct root_files *files)
{
}

struct net_devices *net_devices_new(const struct namespaces *plan)
{
    return NULL;
}

int net_devices_socket(struct error *error)
{
    return -1;
}

void net_devices_remove(struct net_devices *devices)
{
}

void pasta_stop(struct pasta *pasta)
{
}

void net_devices_leave(struct net_devices *devices)
{
}

/* ---- plan ------------------------------------------------------------------------------------ */

const char *netns_name_of(const char *source)
{
    return NULL;
}

bool namespaces_has_inner_init(const struct namespaces *namespaces)
{
    return false;
}

bool namespaces_is_needed(const struct namespaces *namespaces)
{
    return false;
}

ns_set namespaces_entered(const struct namespaces *namespaces)
{
    return 0;
}

bool namespaces_has_device(const struct namespaces *namespaces, bool is_pair)
{
    return false;
}

int namespaces_check(const struct namespaces *namespaces, struct error *error)
{
    return 0;
}

void namespaces_free(struct namespaces *namespaces)
{
}

/* ---- spawn ----------------------------------------------------------------------------------- */

bool idmap_root_owner(const struct namespaces *namespaces, unsigned int *user, unsigned int *group)
{
    return false;
}

int idmap_set_joined_ids(struct error *error)
{
    return 0;
}

int idmap_keep_joined_groups(struct error *error)
{
    return 0;
}

int setup_child_open_proc(const struct service *service)
{
    return -1;
}

int setup_child_set_clocks(const struct namespaces *namespaces, int proc, struct error *error)
{
    return 0;
}

void setup_child_enter_directory(const struct namespaces *namespaces)
{
}

int setup_child_prepare(const struct service *service, bool in_other_user_ns, const int *sources,
                        int proc, struct error *error)
{
    return 0;
}

int setup_child_new_keyring(const struct namespaces *namespaces, const struct nsfds *join_fds,
                            struct error *error)
{
    return 0;
}

int setup_parent_check(const struct namespaces *namespaces, struct error *error)
{
    return 0;
}

bool setup_parent_needs_mapper(const struct namespaces *namespaces, int user_fd)
{
    return false;
}

int setup_parent_map(const struct namespaces *namespaces, int user_fd, pid_t pid,
                     struct error *error)
{
    return 0;
}

pid_t setup_parent_start_hook(const struct namespaces *namespaces, pid_t pid,
                              const struct nsfds *ns_fds, struct error *error)
{
    return 0;
}

int setup_parent_check_hook(int wait_status, struct error *error)
{
    return 0;
}

enum spawn_outcome setup_on_created(struct spawning *spawning)
{
    return SPAWN_PENDING;
}

enum spawn_outcome spawn_on_helper_end(struct spawning *spawning, int wait_status)
{
    return SPAWN_PENDING;
}

int setup_parent_send_sources(const struct filesystem *plan, int root, const struct nsfds *ns_fds,
                              int channel_fd, struct error *error)
{
    return 0;
}

/* ---- visit ----------------------------------------------------------------------------------- */

int guard_start(struct guard *guard, pid_t guarded, struct error *error)
{
    return 0;
}

void guard_stop(struct guard *guard)
{
}

int entered_process_open(struct entered_process *entered, struct service *service,
                         struct nsfds *open, struct error *error)
{
    return 0;
}

int entered_process_apply(const struct entered_process *entered, struct error *error)
{
    return 0;
}

int nsfds_open(struct nsfds *open, const struct namespaces *namespaces, const struct nsfds *given,
               struct error *error)
{
    *open = nsfds_none();
    return 0;
}

int exec_terminal_replace(int stdio[3], int *terminal)
{
    return -1;
}

/* ---- options --------------------------------------------------------------------------------- */

static const char *const namespaces_names[] = {
    "unshare",          "enter",      "enter-root",    "enter-dir",        "enter-env",
    "enter-privileges", "as-pid-1",   "map-root-user", "map-current-user", "map",
    "map-users",        "map-groups", "map-auto",      "setgroups",        "hostname",
    "domainname",       "monotonic",  "boottime",      "hook-created",     NULL};

const struct option_group namespaces_options = LEFT_OUT("NAMESPACES", namespaces_names);

static const char *const mounts_names[] = {
    "root-idmap", "chroot",    "etc-files",   "overlay",    "root-tmpfs", "root-image", "mount",
    "root",       "read-only", "propagation", "mount-proc", "mask-proc",  NULL};

const struct option_group mounts_options = LEFT_OUT("NAMESPACES", mounts_names);

static const char *const network_names[] = {"no-loopback", "veth",   "network", "egress",
                                            "publish",     "sysctl", "netdev",  NULL};

const struct option_group network_options = LEFT_OUT("NAMESPACES", network_names);
