"""python -m facecluster"""

from facecluster.cli.main import main

if __name__ == "__main__":
    main()
