/* godown FOLDER: the file system under FOLDER stops as at a power failure; what was not synced is lost. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>

/* FS_IOC_SHUTDOWN (linux/fs.h from 6.x on): 2 = without flushing the file system's journal. */
#define SHUTDOWN     _IOR('X', 125, uint32_t)
#define NO_LOG_FLUSH 2

int main(int argc, char **argv)
{
    uint32_t how = NO_LOG_FLUSH;
    int fd = argc == 2 ? open(argv[1], O_RDONLY | O_DIRECTORY) : -1;

    if (fd < 0 || ioctl(fd, SHUTDOWN, &how) < 0) {
        perror("godown");
        return 1;
    }
    return 0;
}
