/*
 * veth_spec.c - fuzzing of --veth
 */
#include "fuzz/fuzz.h"

#include "plan/veth_spec.h"

static void check_address(const struct address *address)
{
    char sum = 0;

    for (size_t i = 0; i < sizeof address->bytes; i++)
        sum = (char)(sum | address->bytes[i]);
    fuzz_check(sum != 0 && address->prefix <= 128);
}

static void check_end(const struct veth_end *end)
{
    fuzz_check(end->address_count <= VETH_ADDRESSES && end->route_count <= VETH_ROUTES);
    for (size_t i = 0; i < end->address_count; i++)
        check_address(&end->addresses[i]);
    for (size_t i = 0; i < end->route_count; i++) {
        const struct route *route = &end->routes[i];

        fuzz_check(route->destination.family != 0);
        if (route->destination.prefix > 0)
            check_address(&route->destination);
        if (route->gateway.family != 0)
            check_address(&route->gateway);
    }
}

static void check_veth(const struct veth *veth)
{
    fuzz_check(memchr(veth->host, '\0', sizeof veth->host) != NULL);
    fuzz_check(memchr(veth->bridge, '\0', sizeof veth->bridge) != NULL);
    fuzz_check(memchr(veth->name, '\0', sizeof veth->name) != NULL && veth->name[0] != '\0');
    check_end(&veth->inner);
    check_end(&veth->outer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *spec = fuzz_text(data, size);
    struct veth veth;
    struct error error = {0};

    /* The length stands for how many came before it. */
    if (veth_parse(&veth, spec, size, &error) == 0)
        check_veth(&veth);
    else
        fuzz_check(error.reason[0] != '\0');
    free(spec);
    return 0;
}
