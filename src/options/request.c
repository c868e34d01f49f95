/*
 * request.c - the memory of what the user asked for
 */
#include <stdlib.h>

#include "options/setters.h"

void *request_adopt(struct request *request, void *memory, struct error *error)
{
    void **kept = array_add(&request->kept, &request->kept_count, sizeof *kept, error);

    if (kept == NULL) {
        free(memory);
        return NULL;
    }
    *kept = memory;
    return memory;
}

void *request_keep(struct request *request, size_t size, struct error *error)
{
    void *memory = calloc(1, size);

    if (memory == NULL) {
        error_reason(error, ERROR_FAILED, "%m");
        return NULL;
    }
    return request_adopt(request, memory, error);
}

struct translation *request_translation(struct request *request, struct error *error)
{
    struct service *service = request->current;
    struct translation *own;

    if (service == &request->main_service || service->translation != &request->translation)
        return service->translation;
    own = request_keep(request, sizeof *own, error);
    if (own == NULL)
        return NULL;
    *own = request->translation;
    service->translation = own;
    return own;
}

void options_free(struct request *request)
{
    struct pod *pod = &request->pod;

    if (pod->services != &request->main_service) {
        for (size_t i = 0; i < pod->service_count; i++)
            service_free(&pod->services[i]);
        free(pod->services);
    }
    service_free(&request->sandbox);
    service_free(&request->main_service);
    for (size_t i = 0; i < request->kept_count; i++)
        free(request->kept[i]);
    free(request->kept);
    free(request->file_text);
}
