# Networks: folds and final models.
