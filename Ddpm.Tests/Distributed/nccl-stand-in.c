/* The functions of NCCL that are used, for threads of one process and numbers in its own memory: declared as NCCL documents them, and strict about
   what they are given. It shows that arguments arrive where they should; it says nothing of cards. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

typedef struct { char internal[128]; } ncclUniqueId;
typedef struct { int rank, size; } *ncclComm_t;
typedef void *cudaStream_t;
typedef int ncclResult_t;                           /* 0: success, 4: invalid argument, 5: invalid usage */
typedef int ncclDataType_t;                         /* 1: uint8, 7: float, 8: double */
typedef int ncclRedOp_t;                            /* 0: sum */

enum { Most = 16 };

static pthread_mutex_t door = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t meeting;
static const void *brought[Most];
static int members, left;
static __thread int depth;

ncclResult_t ncclGetUniqueId(ncclUniqueId *id)
{
    for (int i = 0; i < 128; i++)
        id->internal[i] = (char)(i * 7 + 1);
    return 0;
}

ncclResult_t ncclCommInitRank(ncclComm_t *comm, int nranks, ncclUniqueId id, int rank)
{
    ncclUniqueId made;
    ncclGetUniqueId(&made);
    if (memcmp(&made, &id, sizeof id) != 0 || nranks < 1 || nranks > Most || rank < 0 || rank >= nranks)
        return 4;
    pthread_mutex_lock(&door);
    if (members == 0)
        pthread_barrier_init(&meeting, NULL, nranks);
    members++;
    pthread_mutex_unlock(&door);
    while (__sync_fetch_and_add(&members, 0) < nranks)
        ;
    *comm = malloc(sizeof **comm);
    (*comm)->rank = rank;
    (*comm)->size = nranks;
    pthread_barrier_wait(&meeting);
    return 0;
}

ncclResult_t ncclCommDestroy(ncclComm_t comm)
{
    int last = __sync_add_and_fetch(&left, 1) == comm->size;
    free(comm);
    if (last)
        members = left = 0;
    return 0;
}

ncclResult_t ncclGroupStart(void) { depth++; return 0; }
ncclResult_t ncclGroupEnd(void) { return depth-- > 0 ? 0 : 5; }
ncclResult_t ncclCommGetAsyncError(ncclComm_t comm, ncclResult_t *fault) { *fault = 0; return comm == NULL ? 4 : 0; }
const char *ncclGetErrorString(ncclResult_t code) { return code == 4 ? "invalid argument" : code == 5 ? "invalid usage" : "no error"; }

static size_t bytes_of(ncclDataType_t type) { return type == 1 ? 1 : type == 7 ? 4 : type == 8 ? 8 : 0; }

/* All bring their numbers; each process adds up a part of them, or none, in the order of the processes. */
static ncclResult_t add(const void *send, size_t first, void *recv, size_t count, ncclDataType_t type, ncclRedOp_t op, ncclComm_t comm,
    cudaStream_t stream, int adds)
{
    if (bytes_of(type) < 4 || op != 0 || stream != NULL)
        return 4;
    brought[comm->rank] = send;
    pthread_barrier_wait(&meeting);
    void *sum = calloc(count + 1, bytes_of(type));
    for (int r = 0; adds && r < comm->size; r++)
        for (size_t i = 0; i < count; i++)
            if (type == 7)
                ((float *)sum)[i] += ((const float *)brought[r])[first + i];
            else
                ((double *)sum)[i] += ((const double *)brought[r])[first + i];
    pthread_barrier_wait(&meeting);
    if (adds)
        memcpy(recv, sum, count * bytes_of(type));
    free(sum);
    return 0;
}

ncclResult_t ncclReduceScatter(const void *send, void *recv, size_t recvcount, ncclDataType_t type, ncclRedOp_t op, ncclComm_t comm,
    cudaStream_t stream)
{
    if (recv != (const char *)send + comm->rank * recvcount * bytes_of(type))
        return 4;                                   /* in place, or the numbers of others would be lost */
    return add(send, comm->rank * recvcount, recv, recvcount, type, op, comm, stream, 1);
}

ncclResult_t ncclReduce(const void *send, void *recv, size_t count, ncclDataType_t type, ncclRedOp_t op, int root, ncclComm_t comm,
    cudaStream_t stream)
{
    return add(send, 0, recv, count, type, op, comm, stream, comm->rank == root);
}

ncclResult_t ncclAllGather(const void *send, void *recv, size_t sendcount, ncclDataType_t type, ncclComm_t comm, cudaStream_t stream)
{
    if (stream != NULL || bytes_of(type) == 0 || send != (const char *)recv + comm->rank * sendcount * bytes_of(type))
        return 4;
    brought[comm->rank] = send;
    pthread_barrier_wait(&meeting);
    for (int r = 0; r < comm->size; r++)
        if (r != comm->rank)
            memcpy((char *)recv + r * sendcount * bytes_of(type), brought[r], sendcount * bytes_of(type));
    pthread_barrier_wait(&meeting);
    return 0;
}

ncclResult_t ncclBroadcast(const void *send, void *recv, size_t count, ncclDataType_t type, int root, ncclComm_t comm, cudaStream_t stream)
{
    if (stream != NULL || bytes_of(type) == 0)
        return 4;
    brought[comm->rank] = send;
    pthread_barrier_wait(&meeting);
    if (comm->rank != root)
        memcpy(recv, brought[root], count * bytes_of(type));
    pthread_barrier_wait(&meeting);
    return 0;
}
